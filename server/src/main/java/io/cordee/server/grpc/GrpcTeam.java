package io.cordee.server.grpc;

import io.cordee.common.text.Advice;
import io.cordee.common.text.OutsideText;
import io.cordee.proto.frame.Frame;
import io.cordee.proto.frame.TrainMethod;
import io.cordee.proto.message.Numbers;
import io.cordee.proto.v1.Evaluate;
import io.cordee.proto.v1.Grant;
import io.cordee.proto.v1.Hello;
import io.cordee.proto.v1.Lease;
import io.cordee.proto.v1.Permit;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Welcome;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.server.observe.Traffic;
import io.cordee.server.round.Board;
import io.cordee.server.round.SignStep;
import io.cordee.server.round.Vector;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.Team;
import io.cordee.server.training.Training;
import io.cordee.server.training.TrainingEvents;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers as gRPC streams: knows their connections by name, runs events of the {@link
 * Training}, and writes what it says to them. Proto types end in this package.
 *
 * <p>Whoever handles a message calls {@link #perform}: it runs the training, steps included, and
 * then writes everything that was queued meanwhile, to any worker. While a stream is written to,
 * only its own monitor and that of the chunk being written are held.
 *
 * @param <T> the kind of training
 */
public final class GrpcTeam<T extends Training> implements Team, Performer<T> {

  private static final Logger LOG = LoggerFactory.getLogger(GrpcTeam.class);

  /**
   * The most messages queued for a slow worker, besides some per chunk; one with more has stopped
   * reading.
   */
  private static final int MOST_WAITING = 4096;

  private static final int MOST_WAITING_PER_CHUNK = 8;

  private final Executor later;
  private final String job;
  private final Part part;
  private final Board board;
  private final ContributionReader contributions;
  private final Traffic traffic;
  private final long roomForHoldings;
  private final T training;

  /** Run after each message; set before the first one. */
  private volatile Runnable afterEach = () -> {};

  /** Where the other shards listen, once all of them do. */
  private volatile Supplier<Optional<List<String>>> others = () -> Optional.of(List.of());

  private volatile Optional<Seal> seal = Optional.empty();

  private final Map<WorkerId, WorkerConnection> streams = new ConcurrentHashMap<>();
  private final Queue<WorkerConnection> touched = new ConcurrentLinkedQueue<>();
  private final AtomicInteger workers = new AtomicInteger();
  private final Absentees absentees;

  /**
   * @param later runs one task at a time, on a thread of its own
   * @param job as resolved YAML, for the workers
   * @param part the part of the vector that the board holds
   * @param roomForHoldings bytes for what all workers say that they hold of a table
   * @param absentees keeps track of workers whose connection was lost
   */
  public GrpcTeam(
      Executor later,
      String job,
      Part part,
      Board board,
      ContributionReader contributions,
      Traffic traffic,
      long roomForHoldings,
      Absentees absentees,
      Function<Team, T> training) {
    this.later = later;
    this.job = job;
    this.part = part;
    this.board = board;
    this.contributions = contributions;
    this.traffic = traffic;
    this.roomForHoldings = roomForHoldings;
    this.absentees = absentees;
    this.training = training.apply(this);
  }

  public void afterEach(Runnable action) {
    afterEach = action;
  }

  /** Sets the seal of shard 0's permits, where there are several shards. */
  public void sealedBy(Seal ofShard0) {
    seal = Optional.of(ofShard0);
  }

  /** On shard 0: workers are to reach these, too. */
  public void shares(ShardStreams shards) {
    others = shards::addresses;
    sealedBy(shards.seal);
  }

  public T training() {
    return training;
  }

  public boolean expectsOthers() {
    return absentees.areExpected();
  }

  /**
   * The service of the wire contract.
   *
   * @param team empty while workers are to retry
   * @param shards the streams of the others, where this is shard 0 of several
   * @param isInside whether it is for the workers of this process
   */
  public static ServerServiceDefinition service(
      Supplier<Optional<GrpcTeam<?>>> team, Optional<ShardStreams> shards, boolean isInside) {
    return TrainMethod.service(
        toWorker ->
            team.get()
                .filter(known -> known.others.get().isPresent())
                .<StreamObserver<Frame<WorkerMessage>>>map(
                    known -> new WorkerConnection(toWorker, known, isInside))
                .orElseGet(() -> new Declined<>(toWorker, Declined.RETRY)),
        toShard -> shards.isPresent() ? shards.get().open(toShard) : TrainMethod.noShards(toShard));
  }

  Part part() {
    return part;
  }

  ContributionReader contributions() {
    return contributions;
  }

  Optional<Seal> seal() {
    return seal;
  }

  Holdings holdings() {
    return new Holdings(board.chunks(), part.table());
  }

  int mostWaiting() {
    return MOST_WAITING + MOST_WAITING_PER_CHUNK * board.chunks().count();
  }

  /** Tells the training of an event, and writes what came of it. */
  public void run(Consumer<TrainingEvents> event) {
    perform(training -> training.tell(event));
  }

  @Override
  public void perform(Consumer<? super T> action) {
    try {
      action.accept(training);
    } catch (RuntimeException | Error e) {
      LOG.error("the training cannot go on", e);
      endBroken(e);
    }
    for (WorkerConnection stream = touched.poll(); stream != null; stream = touched.poll()) {
      stream.drain();
    }
    afterEach.run();
  }

  private void endBroken(Throwable cause) {
    try {
      training.tell(events -> events.broken(cause));
    } catch (RuntimeException | Error e) {
      LOG.error("ending the training failed as well", e);
    }
  }

  // ---- from the workers ----

  /**
   * Sends away the worker that holds the most while all of them hold more than there is room for.
   */
  void limitHoldings() {
    ToLongFunction<WorkerConnection> bytes = stream -> stream.holdings().bytes();
    if (streams.values().stream().mapToLong(bytes).sum() > roomForHoldings) {
      String why =
          "this server has %d bytes for lists of the rows that workers hold, and this worker's are the longest; give it more memory with %s..., or start fewer workers"
              .formatted(roomForHoldings, Advice.HEAP);
      streams.values().stream()
          .max(Comparator.comparingLong(bytes))
          .ifPresent(most -> most.end(Status.RESOURCE_EXHAUSTED.withDescription(why)));
    }
  }

  void hello(WorkerConnection stream, Hello hello) {
    int number = workers.incrementAndGet();
    WorkerId id = identify(stream, number, hello);
    absentees.came(id.name(), training.outcome().isEmpty());
    run(training -> training.joined(id, hello.getThreads()));
  }

  private synchronized WorkerId identify(WorkerConnection stream, int number, Hello hello) {
    WorkerId id = new WorkerId(number, uniqueName(hello));
    stream.identify(id, traffic.open(id, hello.getThreads(), stream::waiting));
    streams.put(id, stream);
    return id;
  }

  /**
   * Returns the name that a worker asks for, if it is free. Otherwise appends the lowest number
   * that is: so a worker that is started again has the name that it had, whatever its process.
   */
  private String uniqueName(Hello hello) {
    String wanted = OutsideText.name(hello.getName());
    // On other shards workers have the names that shard 0 has given them.
    boolean isFree =
        !part.shard().leads()
            || streams.keySet().stream().map(WorkerId::name).noneMatch(wanted::equals);
    if (!wanted.isEmpty() && isFree) {
      return wanted;
    }
    String host = OutsideText.name(hello.getHost());
    boolean isByHost = !host.isEmpty() || wanted.isEmpty();
    String base = !isByHost ? wanted : host.isEmpty() ? "worker" : host;
    Set<String> taken = streams.keySet().stream().map(WorkerId::name).collect(Collectors.toSet());
    return IntStream.iterate(isByHost ? 1 : 2, number -> number + 1)
        .mapToObj(number -> base + "-" + number)
        .filter(name -> !taken.contains(name))
        .findFirst()
        .orElseThrow();
  }

  /** Later: a stream may be closed in the middle of the training. */
  void closed(WorkerConnection stream) {
    stream
        .worker()
        .ifPresent(
            worker -> {
              streams.remove(worker);
              traffic.close(worker);
              if (!stream.isRefused()) {
                absentees.lost(worker.name());
              }
              later.execute(() -> run(training -> training.left(worker, stream.whyEnded())));
            });
  }

  // ---- to the workers ----

  @Override
  public void welcome(WorkerId worker) {
    Optional<List<String>> known = others.get();
    if (known.isEmpty()) {
      touch(worker, stream -> stream.refuse(Declined.RETRY)); // one was lost a moment ago
      return;
    }
    Welcome welcome =
        Welcome.newBuilder()
            .setName(worker.name())
            .setJob(job)
            .setShard(part.shard().number())
            .setShards(part.shard().count())
            .addAllOthers(known.get())
            .build();
    ServerMessage message = ServerMessage.newBuilder().setWelcome(welcome).build();
    touch(worker, stream -> stream.enqueue(new Outgoing.Control(message)));
  }

  @Override
  public void prepare(WorkerId worker, int plan, BitSet partitions) {
    touch(worker, stream -> stream.prepare(plan, partitions));
  }

  @Override
  public void chunk(WorkerId worker, int version, Vector vector, int chunk) {
    touch(
        worker,
        stream ->
            stream.enqueue(
                new Outgoing.Chunk(board, part, vector, version, chunk, 1, stream.holdings())));
  }

  @Override
  public void signs(WorkerId worker, int chunk) {
    List<SignStep> step = List.of(board.signStep(chunk));
    touch(
        worker,
        stream ->
            stream.enqueue(new Outgoing.SignsOf(board, part, chunk, step, stream.holdings())));
  }

  @Override
  public void state(WorkerId worker, int chunk) {
    touch(
        worker,
        stream -> stream.enqueueOnce(new Outgoing.State(board, part, chunk, stream.holdings())));
  }

  @Override
  public void lease(WorkerId worker, int version, BitSet partitions) {
    Lease lease =
        Lease.newBuilder().setVersion(version).addAllPartitions(Numbers.list(partitions)).build();
    ServerMessage message = ServerMessage.newBuilder().setLease(lease).build();
    touch(worker, stream -> stream.lease(version, partitions, message));
  }

  @Override
  public void permit(WorkerId worker, int version, BitSet partitions, long rows) {
    seal.ifPresent(
        key -> {
          Grant grant =
              Grant.newBuilder()
                  .setWorker(worker.name())
                  .setVersion(version)
                  .addAllPartitions(Numbers.list(partitions))
                  .setRows(rows)
                  .build();
          Permit permit = Permit.newBuilder().setSealed(key.seal(grant)).build();
          ServerMessage message = ServerMessage.newBuilder().setPermit(permit).build();
          touch(worker, stream -> stream.enqueue(new Outgoing.Control(message)));
        });
  }

  @Override
  public void evaluate(WorkerId worker, int version, BitSet slices) {
    Evaluate evaluate =
        Evaluate.newBuilder().setVersion(version).addAllSlices(Numbers.list(slices)).build();
    ServerMessage message = ServerMessage.newBuilder().setEvaluate(evaluate).build();
    touch(worker, stream -> stream.evaluate(version, slices, message));
  }

  @Override
  public void finished(WorkerId worker, Outcome outcome) {
    ServerMessage message =
        ServerMessage.newBuilder().setFinished(outcome.how().finished(outcome.message())).build();
    touch(worker, stream -> stream.finish(message));
  }

  @Override
  public void expel(WorkerId worker, String reason) {
    touch(worker, stream -> stream.refuse(Status.INVALID_ARGUMENT.withDescription(reason)));
  }

  @Override
  public boolean isBeside(WorkerId worker) {
    return Optional.ofNullable(streams.get(worker)).filter(WorkerConnection::isInside).isPresent();
  }

  /** Does something to a worker's stream, to be drained when the training has been left. */
  private void touch(WorkerId worker, Consumer<WorkerConnection> action) {
    WorkerConnection stream = streams.get(worker);
    if (stream != null) {
      action.accept(stream);
      touched.add(stream);
    }
  }
}
