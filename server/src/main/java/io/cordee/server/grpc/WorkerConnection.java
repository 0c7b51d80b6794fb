package io.cordee.server.grpc;

import io.cordee.common.job.RowCounts;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.reduce.Holding;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.RowHolding;
import io.cordee.common.text.OutsideText;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.frame.Frame;
import io.cordee.proto.message.TallyCodec;
import io.cordee.proto.v1.DataFound;
import io.cordee.proto.v1.Differs;
import io.cordee.proto.v1.Evaluated;
import io.cordee.proto.v1.Failure;
import io.cordee.proto.v1.Goodbye;
import io.cordee.proto.v1.Grant;
import io.cordee.proto.v1.Hello;
import io.cordee.proto.v1.Holds;
import io.cordee.proto.v1.Parameters;
import io.cordee.proto.v1.Permit;
import io.cordee.proto.v1.RowChecksums;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.server.observe.Traffic;
import io.cordee.server.observe.Traffic.Encoding;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.TrainingEvents;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * One worker's connection: its stream, the messages that wait for it, and what the worker has been
 * asked for and holds. Each kind of message that arrives has a method, which refuses what cannot be
 * and hands the rest to the training as plain values.
 *
 * <p>Any thread may queue messages; the caller of {@link #drain} writes them, while the stream is
 * ready. Back-pressure: chunks, signs and plans are built when they are written, so that a queue
 * costs next to nothing, and at most {@value Limits#IN_FLIGHT} messages of the worker are processed
 * at a time. A worker that lets the queue grow by several rounds is disconnected.
 */
final class WorkerConnection extends PeerStream<Frame<WorkerMessage>, Frame<ServerMessage>> {

  /**
   * Rows of a table lie apart and may have steps to catch up: so much more work than as many bytes.
   */
  private static final int WORK_OF_ROWS = 8;

  private static final int MOST_THREADS = 4096;

  /** Keeps rows times partitions within 64 bits. */
  private static final long MOST_ROWS = 1L << 42;

  private static final int LONGEST_ARITHMETIC = 100;
  private static final int LONGEST_REASON = 1000;

  private final GrpcTeam<?> team;
  private final Part part;
  private final ContributionReader contributions;
  private final int mostWaiting;
  private final boolean isInside;
  private final Outbox outbox = new Outbox();

  /**
   * The partitions that it is leased, and the slices of the evaluated rows that it is to measure.
   */
  private final Asked partitions = new Asked("partitions");

  private final Asked slices = new Asked("slices");

  private final Holdings holdings;

  /** Checksums of its rows, until it says what data it finds; one message at a time. */
  private final List<Long> checksums = new ArrayList<>();

  /** True once shard 0 has asked it to prepare partitions. */
  private volatile boolean isPlanned;

  private volatile Optional<WorkerId> worker = Optional.empty();
  private volatile Optional<Traffic.Line> line = Optional.empty();
  private volatile Optional<Status> refusal = Optional.empty();

  /** Guarded by this connection's monitor, which is never held while the training is spoken to. */
  private boolean isDraining;

  /**
   * @param isInside whether the worker is in this process
   */
  WorkerConnection(
      StreamObserver<Frame<ServerMessage>> toWorker, GrpcTeam<?> team, boolean isInside) {
    super(toWorker);
    this.isInside = isInside;
    this.team = team;
    this.part = team.part();
    this.contributions = team.contributions();
    this.mostWaiting = team.mostWaiting();
    this.holdings = team.holdings();
    toPeer.disableAutoRequest();
    toPeer.setOnReadyHandler(this::drain);
    toPeer.request(Limits.IN_FLIGHT);
  }

  boolean isInside() {
    return isInside;
  }

  Optional<WorkerId> worker() {
    return worker;
  }

  /** Names the worker, and counts its bytes in both directions from now on. */
  void identify(WorkerId id, Traffic.Line counted) {
    line = Optional.of(counted);
    worker = Optional.of(id);
  }

  Holdings holdings() {
    return holdings;
  }

  int waiting() {
    return outbox.size();
  }

  // ---- from the worker ----

  @Override
  public void onNext(Frame<WorkerMessage> frame) {
    if (refusal.isPresent()) {
      return;
    }
    try {
      checkSize(frame);
      WorkerMessage message = frame.message();
      if (worker.isEmpty() && !message.hasHello()) {
        throw Peer.outOfTurn("the first message is Hello; found %s", message.getBodyCase());
      }
      if (message.hasContribution()) {
        contribution(frame);
      } else {
        received(message);
        takeAnother();
      }
    } catch (StatusRuntimeException e) {
      end(Peer.advised(e.getStatus()));
    }
  }

  private static void checkSize(Frame<WorkerMessage> frame) {
    int size = frame.message().getSerializedSize() + frame.payload().size();
    if (size > Connections.MAX_MESSAGE) {
      throw Peer.refused(
          Status.RESOURCE_EXHAUSTED,
          "a message has at most %d bytes; found %d",
          Connections.MAX_MESSAGE,
          size);
    }
  }

  /** A message of the worker has been dealt with; it may send another. */
  private void takeAnother() {
    toPeer.request(1);
  }

  private void received(WorkerMessage message) {
    switch (message.getBodyCase()) {
      case HELLO -> hello(message.getHello());
      case ROW_CHECKSUMS -> rowChecksums(message.getRowChecksums());
      case DATA_FOUND -> dataFound(message.getDataFound());
      case PREPARED -> prepared(message.getPrepared().getPlan());
      case PERMIT -> permit(message.getPermit());
      case HOLDS -> holds(message.getHolds());
      case EVALUATED -> evaluated(message.getEvaluated());
      case DIFFERS -> differs(message.getDiffers());
      case HEARTBEAT -> tell(TrainingEvents::alive);
      case FAILURE -> failure(message.getFailure());
      case GOODBYE -> goodbye(message.getGoodbye());
      default -> throw Peer.invalid("a message without a body that is known here");
    }
  }

  /** Tells the training of an event of this worker. */
  private void tell(BiConsumer<TrainingEvents, WorkerId> event) {
    line.orElseThrow().heard();
    WorkerId id = worker.orElseThrow();
    team.run(training -> event.accept(training, id));
  }

  private void hello(Hello hello) {
    requireWithin(1, hello.getThreads(), MOST_THREADS, "threads");
    if (worker.isPresent()) {
      throw Peer.outOfTurn("a second Hello on one stream");
    }
    Peer.checkVersion("worker", hello.getProtocol(), hello.getVersion());
    team.hello(this, hello);
  }

  private void rowChecksums(RowChecksums some) {
    requireShard0();
    int count = checksums.size() + some.getChecksumsCount();
    // There are no more slices of validation or test rows than partitions.
    if (count > 3L * contributions.partitions()) {
      throw Peer.invalid(
          "expected at most one checksum of rows for each of %d partitions and their slices; found %d",
          contributions.partitions(), count);
    }
    line.orElseThrow().heard();
    checksums.addAll(some.getChecksumsList());
  }

  private void dataFound(DataFound found) {
    requireShard0();
    requireWithin(1, found.getTrainRows(), MOST_ROWS, "training rows");
    requireWithin(0, found.getValidationRows(), MOST_ROWS, "validation rows");
    requireWithin(0, found.getTestRows(), MOST_ROWS, "test rows");
    requireWithin(0, found.getRoom(), Integer.MAX_VALUE, "room");
    RowCounts rows =
        new RowCounts(found.getTrainRows(), found.getValidationRows(), found.getTestRows());
    int count = contributions.partitions();
    int expected = count + rows.slices(count).count();
    if (checksums.size() != expected) {
      throw Peer.invalid(
          "expected RowChecksums before DataFound, %d in all: one for each of %d partitions and %d slices; found %d",
          expected, count, expected - count, checksums.size());
    }
    var data =
        new io.cordee.server.training.DataFound(
            rows,
            OutsideText.printable(found.getArithmetic(), LONGEST_ARITHMETIC),
            valid(() -> columns(found)),
            LongBuffer.wrap(checksums.stream().mapToLong(Long::longValue).toArray()),
            found.getRoom() == 0 ? io.cordee.server.training.DataFound.ALL : found.getRoom());
    checksums.clear();
    tell((training, id) -> training.found(id, data));
  }

  private static Columns columns(DataFound found) {
    for (String names :
        List.of(found.getColumns(), found.getTargets(), found.getClasses(), found.getSplit())) {
      if (names.length() > Columns.LONGEST) {
        throw Peer.invalid(
            "names of columns take at most %d characters; found %d",
            Columns.LONGEST, names.length());
      }
    }
    TableEncoding encoding;
    try {
      encoding = TableEncoding.parse(found.getEncoding());
    } catch (IllegalArgumentException e) {
      throw Peer.invalid("encoding of columns: %s", e.getMessage());
    }
    return new Columns(
        found.getColumns(), found.getTargets(), encoding, found.getClasses(), found.getSplit());
  }

  private void prepared(int plan) {
    requireShard0();
    tell((training, id) -> training.prepared(id, plan));
  }

  private void permit(Permit permit) {
    if (part.shard().leads()) {
      throw Peer.invalid("a permit is for the shards other than 0");
    }
    Grant grant = team.seal().orElseThrow().open(permit.getSealed(), worker.orElseThrow().name());
    BitSet granted = new BitSet();
    grant.getPartitionsList().forEach(granted::set);
    partitions.add(grant.getVersion(), granted);
    isPlanned = true;
    tell((training, id) -> training.permitted(id, grant.getRows()));
  }

  private void holds(Holds holds) {
    if (!isPlanned) {
      throw Peer.outOfTurn(
          "this worker has no partitions to hold rows for; send Holds after Prepare, and to other shards after its Permit");
    }
    line.orElseThrow().heard();
    holdings.add(holds);
    team.limitHoldings();
    if (!holds.getMore()) {
      OptionalInt version =
          holds.hasVersion() ? OptionalInt.of(holds.getVersion()) : OptionalInt.empty();
      discardChunks(version); // they are sent again
      tell((training, id) -> training.holds(id, version));
    }
  }

  /** Discards chunks of this version, or of all. */
  private void discardChunks(OptionalInt version) {
    outbox.discard(
        message ->
            message instanceof Outgoing.Chunk chunk
                && (version.isEmpty() || version.getAsInt() == chunk.version()));
  }

  private void evaluated(Evaluated evaluated) {
    requireShard0();
    int slice = evaluated.getSlice();
    var tally = valid(() -> TallyCodec.read(evaluated.getTally()));
    slices.check(evaluated.getVersion(), slice, slice + 1);
    tell((training, id) -> training.evaluated(id, evaluated.getVersion(), slice, tally));
  }

  private void differs(Differs differs) {
    if (part.shard().leads() && !partitions.hasAny() && !slices.hasAny()) {
      throw Peer.invalid("this worker has not been sent any chunk that could differ");
    }
    int chunk = part.own(differs.getChunk());
    tell((training, id) -> training.differs(id, differs.getVersion(), chunk));
  }

  private void failure(Failure failure) {
    requireShard0();
    String message = OutsideText.printable(failure.getMessage(), LONGEST_REASON);
    tell((training, id) -> training.failed(id, message, failure.getForAll()));
  }

  private void goodbye(Goodbye goodbye) {
    String reason = OutsideText.printable(goodbye.getReason(), LONGEST_REASON);
    String why = reason.isEmpty() ? "it said goodbye" : reason;
    tell((training, id) -> training.left(id, why));
    end(Status.OK);
  }

  private void requireShard0() {
    if (!part.shard().leads()) {
      throw Peer.invalid("this message is for shard 0; this shard takes contributions only");
    }
  }

  private static void requireWithin(long least, long found, long most, String what) {
    if (found < least || found > most) {
      throw Peer.invalid("%s must be %d to %d; found %d", what, least, most, found);
    }
  }

  /** Refuses a part of a message for the reason for which it could not be made. */
  private static <T> T valid(Supplier<T> part) {
    try {
      return part.get();
    } catch (IllegalArgumentException e) {
      throw Peer.invalid("%s", e.getMessage());
    }
  }

  // ---- contributions ----

  /** Takes the sums of a node: from the socket to a pooled array, and from there into the round. */
  private void contribution(Frame<WorkerMessage> frame) {
    io.cordee.proto.v1.Contribution header = frame.message().getContribution();
    Optional<Holding> known = holdings.numbered(header.getHolding());
    if (known.isEmpty()) {
      takeAnother(); // of a round that is over
      return;
    }
    Holding holding = known.get();
    int bytes = frame.payload().size();
    contributions.check(header, bytes, holding);
    ReductionTree.Span span = contributions.span(header);
    partitions.check(header.getVersion(), span.from(), span.to());
    WorkerId id = worker.orElseThrow();
    count(header, bytes);
    List<Contribution> read = contributions.read(header, frame.received(), holding);
    ChunkThreads.run(
        bytes * (holding instanceof RowHolding ? WORK_OF_ROWS : 1),
        () -> {
          try {
            team.perform(training -> training.contributed(id, read));
          } finally {
            takeAnother();
          }
        });
  }

  /** A node's rows are the same in each of its chunks; they are counted with shard 0's first. */
  private void count(io.cordee.proto.v1.Contribution header, int bytes) {
    Encoding encoding = Encoding.valueOf(header.getEncoding().name());
    long rows = header.getChunk() == 0 ? contributions.rows(header) : 0;
    int chunks = ContributionReader.count(header);
    int sent = isInside ? 0 : bytes; // within a process they meet no network
    line.orElseThrow().heard();
    line.orElseThrow().received(encoding, chunks, sent, header.getVersion(), rows);
  }

  // ---- to the worker ----

  void prepare(int plan, BitSet planned) {
    isPlanned = true;
    outbox.discard(other -> other instanceof Outgoing.Plan);
    enqueue(new Outgoing.Plan(plan, planned));
  }

  void lease(int version, BitSet leased, ServerMessage message) {
    partitions.add(version, leased);
    enqueue(new Outgoing.Control(message));
  }

  void evaluate(int version, BitSet asked, ServerMessage message) {
    slices.add(version, asked);
    enqueue(new Outgoing.Control(message));
  }

  /** Most of what has not been written is not needed any more, but a greeting is. */
  void finish(ServerMessage message) {
    outbox.discard(
        other -> !(other instanceof Outgoing.Control last && last.message().hasWelcome()));
    enqueue(new Outgoing.Control(message));
  }

  /** Queues a message unless an equal one waits, which is built only when it is sent. */
  void enqueueOnce(Outgoing message) {
    if (!outbox.contains(message)) {
      enqueue(message);
    }
  }

  /** Queues a message; disconnects a worker that does not read. */
  void enqueue(Outgoing message) {
    if (outbox.add(message) > mostWaiting) {
      refuse(
          Status.RESOURCE_EXHAUSTED.withDescription(
              mostWaiting
                  + " messages wait for this worker, which does not read them; is it overloaded?"));
    }
  }

  /** Writes as much as the stream takes now. */
  synchronized void drain() {
    if (isDraining) {
      return;
    }
    isDraining = true;
    try {
      while (isOpen() && refusal.isEmpty() && toPeer.isReady()) {
        Optional<Outgoing> next = outbox.take();
        if (next.isEmpty()) {
          break;
        }
        next.get().writeTo(this::send);
      }
      if (refusal.isPresent()) {
        super.end(refusal.get());
      }
    } finally {
      isDraining = false;
    }
  }

  private void send(Frame<ServerMessage> frame) {
    if (frame.message().hasParameters()) {
      Encoding encoding = encoding(frame.message().getParameters().getKind());
      int bytes = frame.payload().size();
      line.filter(counted -> !isInside).ifPresent(counted -> counted.sent(encoding, bytes));
    }
    toPeer.onNext(frame);
  }

  private static Encoding encoding(Parameters.Kind kind) {
    return switch (kind) {
      case SIGNS -> Encoding.SIGNS;
      case STATE -> Encoding.STATE;
      default -> Encoding.FLOAT32;
    };
  }

  // ---- the end ----

  /**
   * Closes the stream with the next {@link #drain}, with a status that the worker sees. What it has
   * sent besides is not dealt with.
   */
  void refuse(Status status) {
    if (refusal.isEmpty()) {
      refusal = Optional.of(status);
    }
  }

  String whyEnded() {
    return refusal.map(Status::getDescription).orElse("the connection was lost");
  }

  /** Returns whether one of the two sides has meant it to end. */
  boolean isRefused() {
    return refusal.isPresent();
  }

  @Override
  void end(Status status) {
    refuse(status);
    drain();
  }

  @Override
  void gone() {
    outbox.clear();
    team.closed(this);
  }
}
