package io.cordee.server.grpc;

import com.google.protobuf.ByteString;
import io.cordee.common.job.Tally;
import io.cordee.common.wire.FloatCodec;
import io.cordee.proto.v1.Evaluate;
import io.cordee.proto.v1.Finished;
import io.cordee.proto.v1.Hello;
import io.cordee.proto.v1.Lease;
import io.cordee.proto.v1.Prepare;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Welcome;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.server.round.BufferPool;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.Team;
import io.cordee.server.training.Training;
import io.grpc.Status;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers as gRPC streams: turns what they say into calls of the {@link Training}, and what it
 * answers into messages. Proto types end here. All of it runs on the training thread.
 */
public final class GrpcTeam implements Team {

  /** The version of the wire contract that is spoken. */
  public static final int PROTOCOL = 1;

  /**
   * Bytes of the largest message that a worker may send: a chunk of 1 MiB and what goes with it.
   */
  public static final int MAX_MESSAGE = (1 << 20) + (64 << 10);

  private static final Logger LOG = LoggerFactory.getLogger(GrpcTeam.class);

  private final Executor trainingThread;
  private final String job;
  private final RoundBoard board;
  private final BufferPool buffers;
  private final Training training;
  private final Runnable afterEach;

  private final Map<WorkerId, WorkerStream> streams = new HashMap<>();
  private final List<WeakReference<ChunkMessage>> latest = new ArrayList<>();
  private int workers;

  /**
   * @param trainingThread runs one thing at a time
   * @param job as resolved YAML, for the workers
   * @param buffers where arrays for contributions come from; the board gives them back
   * @param training makes the training that talks to this team
   * @param afterEach run after each message
   */
  public GrpcTeam(
      Executor trainingThread,
      String job,
      RoundBoard board,
      BufferPool buffers,
      Function<Team, Training> training,
      Runnable afterEach) {
    this.trainingThread = trainingThread;
    this.job = job;
    this.board = board;
    this.buffers = buffers;
    this.training = training.apply(this);
    this.afterEach = afterEach;
    for (int chunk = 0; chunk < board.chunks().count(); chunk++) {
      latest.add(new WeakReference<>(null));
    }
  }

  public Training training() {
    return training;
  }

  void post(Runnable action) {
    trainingThread.execute(
        () -> {
          try {
            action.run();
          } catch (RuntimeException | Error e) {
            LOG.error("the training cannot go on", e);
            training.broken(e);
          }
          afterEach.run();
        });
  }

  // ---- from the workers ----

  void received(WorkerStream stream, WorkerMessage message) {
    if (message.getSerializedSize() > MAX_MESSAGE) {
      stream.refuse(
          Status.RESOURCE_EXHAUSTED.withDescription(
              "a message has at most "
                  + MAX_MESSAGE
                  + " bytes; found "
                  + message.getSerializedSize()));
      return;
    }
    if (message.getBodyCase() == WorkerMessage.BodyCase.HELLO) {
      hello(stream, message.getHello());
      return;
    }
    if (stream.worker().isEmpty()) {
      stream.refuse(
          Status.FAILED_PRECONDITION.withDescription(
              "the first message is Hello; found " + message.getBodyCase()));
      return;
    }
    WorkerId worker = stream.worker().get();
    switch (message.getBodyCase()) {
      case DATA_FOUND ->
          training.foundData(
              worker,
              new Training.DataFound(
                  message.getDataFound().getTrainRows(),
                  message.getDataFound().getTestRows(),
                  printable(message.getDataFound().getArithmetic())));
      case PREPARED -> training.prepared(worker, message.getPrepared().getPlan());
      case CONTRIBUTION -> contribution(stream, worker, message.getContribution());
      case EVALUATED ->
          training.evaluated(
              worker,
              message.getEvaluated().getVersion(),
              message.getEvaluated().getSlice(),
              tally(message.getEvaluated().getTally()));
      case FAILURE -> training.failed(worker, message.getFailure().getMessage());
      case GOODBYE -> training.left(worker);
      default ->
          stream.refuse(
              Status.INVALID_ARGUMENT.withDescription(
                  "a message without a body that is known here"));
    }
  }

  private void hello(WorkerStream stream, Hello hello) {
    if (stream.worker().isPresent()) {
      stream.refuse(Status.FAILED_PRECONDITION.withDescription("a second Hello on one stream"));
    } else if (hello.getProtocol() != PROTOCOL) {
      stream.refuse(
          Status.FAILED_PRECONDITION.withDescription(
              "this server speaks protocol "
                  + PROTOCOL
                  + ", the worker "
                  + hello.getProtocol()
                  + "; run the same version of Cordee on both sides"));
    } else if (hello.getThreads() < 1 || hello.getThreads() > 4096) {
      stream.refuse(
          Status.INVALID_ARGUMENT.withDescription(
              "threads must be 1 to 4096; found " + hello.getThreads()));
    } else {
      WorkerId id = new WorkerId(++workers, uniqueName(hello.getName()));
      stream.identify(id);
      streams.put(id, stream);
      training.joined(id, hello.getThreads());
    }
  }

  private String uniqueName(String wanted) {
    String printable = wanted.replaceAll("[^\\w.:@-]", "_");
    String base =
        printable.isEmpty()
            ? "worker-" + workers
            : printable.substring(0, Math.min(64, printable.length()));
    Set<String> taken = streams.keySet().stream().map(WorkerId::name).collect(Collectors.toSet());
    String name = base;
    for (int suffix = workers; taken.contains(name); suffix++) {
      name = base + "-" + suffix;
    }
    return name;
  }

  /** A text from outside as it may stand in a line for people. */
  private static String printable(String text) {
    return text.substring(0, Math.min(100, text.length())).replaceAll("\\p{Cntrl}", "_");
  }

  private void contribution(
      WorkerStream stream, WorkerId worker, io.cordee.proto.v1.Contribution message) {
    ByteString data = message.getData();
    if (data.size() % Float.BYTES != 0) {
      stream.refuse(
          Status.INVALID_ARGUMENT.withDescription(
              "a contribution's data are float32; found " + data.size() + " bytes"));
      return;
    }
    float[] sums = buffers.take(data.size() / Float.BYTES);
    FloatCodec.decode(data.asReadOnlyByteBuffer(), sums, 0, sums.length);
    training.contributed(
        worker,
        new Contribution(
            message.getVersion(),
            message.getNode(),
            message.getChunk(),
            tally(message.getTally()),
            sums));
  }

  private static Tally tally(io.cordee.proto.v1.Tally tally) {
    return new Tally(tally.getRows(), tally.getLossSum(), tally.getCorrect(), tally.getWithin());
  }

  void closed(WorkerStream stream) {
    stream
        .worker()
        .ifPresent(
            worker -> {
              streams.remove(worker);
              // Later: it may be the training itself that closed the stream.
              post(() -> training.left(worker));
            });
  }

  // ---- to the workers ----

  @Override
  public void welcome(WorkerId worker) {
    send(worker, message().setWelcome(Welcome.newBuilder().setName(worker.name()).setJob(job)));
  }

  @Override
  public void prepare(WorkerId worker, int plan, BitSet partitions) {
    send(
        worker,
        message()
            .setPrepare(Prepare.newBuilder().setPlan(plan).addAllPartitions(list(partitions))));
  }

  @Override
  public void chunk(WorkerId worker, int version, Kind kind, int chunk) {
    ChunkMessage message = latest.get(chunk).get();
    if (message == null || !message.is(version, kind)) {
      message = new ChunkMessage(board, version, kind, chunk);
      latest.set(chunk, new WeakReference<>(message));
    }
    stream(worker).ifPresent(sendOf(message));
  }

  @Override
  public void lease(WorkerId worker, int version, BitSet partitions) {
    send(
        worker,
        message()
            .setLease(Lease.newBuilder().setVersion(version).addAllPartitions(list(partitions))));
  }

  @Override
  public void evaluate(WorkerId worker, int version, BitSet slices) {
    send(
        worker,
        message()
            .setEvaluate(Evaluate.newBuilder().setVersion(version).addAllSlices(list(slices))));
  }

  @Override
  public void finished(WorkerId worker, Outcome outcome) {
    stream(worker).ifPresent(WorkerStream::discardQueue);
    send(
        worker,
        message()
            .setFinished(
                Finished.newBuilder()
                    .setCompleted(outcome instanceof Outcome.Completed)
                    .setMessage(outcome.message())));
  }

  @Override
  public void expel(WorkerId worker, String reason) {
    stream(worker)
        .ifPresent(stream -> stream.refuse(Status.INVALID_ARGUMENT.withDescription(reason)));
  }

  private void send(WorkerId worker, ServerMessage.Builder message) {
    Optional<ServerMessage> built = Optional.of(message.build());
    stream(worker).ifPresent(sendOf(() -> built));
  }

  private static Consumer<WorkerStream> sendOf(Outgoing message) {
    return stream -> stream.send(message);
  }

  private Optional<WorkerStream> stream(WorkerId worker) {
    return Optional.ofNullable(streams.get(worker));
  }

  private static ServerMessage.Builder message() {
    return ServerMessage.newBuilder();
  }

  private static List<Integer> list(BitSet set) {
    return set.stream().boxed().toList();
  }
}
