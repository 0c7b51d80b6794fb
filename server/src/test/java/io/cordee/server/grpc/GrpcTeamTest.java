package io.cordee.server.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.Shard;
import io.cordee.common.reduce.Table;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.frame.Frame;
import io.cordee.proto.v1.DataFound;
import io.cordee.proto.v1.Goodbye;
import io.cordee.proto.v1.Heartbeat;
import io.cordee.proto.v1.Hello;
import io.cordee.proto.v1.Holds;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.ServerMessage.BodyCase;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.server.BoardWeights;
import io.cordee.server.observe.Traffic;
import io.cordee.server.round.Boards;
import io.cordee.server.round.BufferPool;
import io.cordee.server.round.Cadence;
import io.cordee.server.round.DenseContribution;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.round.Vector;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.LeadTraining;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.Surroundings;
import io.cordee.server.training.TrainingListener;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The team on fake streams, with a thread that runs on demand. */
class GrpcTeamTest {

  private static final WorkerId ANN = new WorkerId(1, "ann");
  private static final WorkerId BEN = new WorkerId(2, "ben");
  private static final Part WHOLE = new Part(Shard.WHOLE, 0, Optional.empty());

  private static final long ROOM_FOR_HOLDINGS = 1000;

  private final Deque<Runnable> later = new ArrayDeque<>();
  private final Job job =
      JobFile.parse(
          String.join(
              "\n",
              "name: small",
              "model: {layers: [4, 2]}",
              "data:",
              "  train: {format: csv, file: train.csv, label: '0'}"),
          "small.yaml",
          List.of("optimizer.name=nesterov"));
  private final int parameters = job.model().layout().parameters();
  private final BufferPool buffers = new BufferPool();
  private final RoundBoard board =
      Boards.fresh(
          Optimizer.of(job.optimizer(), parameters),
          new Chunks(parameters, 4, 1),
          new ReductionTree(1),
          new float[parameters],
          buffers,
          new Cadence(1, false, 1, Optional.empty()));

  /** Run when a worker has joined, within the training. */
  private Runnable onJoined = () -> {};

  private final TrainingListener listener =
      new TrainingListener() {
        @Override
        public void joined(WorkerId worker, int connected) {
          onJoined.run();
        }
      };
  private long now;
  private final Traffic traffic = new Traffic();
  private final GrpcTeam<?> team = team(WHOLE);

  private GrpcTeam<?> team(Part part) {
    return new GrpcTeam<>(
        later::add,
        "the job",
        part,
        board,
        new ContributionReader(
            part,
            board.chunks(),
            board.tree(),
            buffers,
            job.compression().gradients(),
            job.local()),
        traffic,
        ROOM_FOR_HOLDINGS,
        new Absentees(() -> now),
        us ->
            new LeadTraining(
                new Surroundings(job, us, listener, System::nanoTime),
                board,
                1,
                List.of(),
                new LeadTraining.Whole(board.chunks(), 1)));
  }

  // ---- back-pressure ----

  @Test
  void whatWaitsForASlowWorkerIsMadeWhenItCanTakeIt() {
    FakeStream ann = join("ann");
    ann.isReady = false;
    team.chunk(ANN, 0, Vector.LOOKAHEAD_POINT, 0);
    team.chunk(ANN, 0, Vector.LOOKAHEAD_POINT, 1);
    round();
    team.chunk(ANN, 1, Vector.LOOKAHEAD_POINT, 0);
    team.chunk(ANN, 1, Vector.LOOKAHEAD_POINT, 1);
    team.lease(ANN, 1, units(0));

    becomesReady(ann);
    // Version 0 is gone; none of it had been copied for the slow worker.
    assertEquals(List.of(BodyCase.PARAMETERS, BodyCase.LEASE), bodies(ann));
    assertEquals(1, ann.written.get(0).getParameters().getVersion());
    assertEquals(List.of("0+2"), runs(ann));
  }

  // ---- neighbours ----

  @Test
  void neighboursThatWaitTogetherShareAMessage() {
    FakeStream ann = join("ann");
    round();
    team.run(
        training -> {
          // As two threads may put them.
          team.chunk(ANN, 1, Vector.WEIGHTS, 1);
          team.chunk(ANN, 1, Vector.WEIGHTS, 0);
          team.chunk(ANN, 1, Vector.WEIGHTS, 2);
          team.chunk(ANN, 1, Vector.LOOKAHEAD_POINT, 2);
          team.lease(ANN, 1, units(0));
          team.chunk(ANN, 1, Vector.LOOKAHEAD_POINT, 1);
        });
    assertEquals(
        List.of(BodyCase.PARAMETERS, BodyCase.PARAMETERS, BodyCase.LEASE, BodyCase.PARAMETERS),
        bodies(ann));
    assertEquals(List.of("0+3", "2+1", "1+1"), runs(ann));
    float[] weights = new float[parameters];
    data(ann, 0).asReadOnlyByteBuffer().order(LITTLE).asFloatBuffer().get(weights);
    assertArrayEquals(BoardWeights.of(board, 1), weights);
    assertEquals(parameters * Float.BYTES, data(ann, 0).size());
  }

  @Test
  void aChunkThatHasMovedOnIsLeftOutOfTheMessage() {
    FakeStream ann = join("ann");
    step(List.of(0, 2));
    team.run(
        training -> {
          for (int chunk = 0; chunk < 3; chunk++) {
            team.chunk(ANN, 1, Vector.WEIGHTS, chunk);
          }
        });
    assertEquals(List.of("0+1", "2+1"), runs(ann));
    for (int message : List.of(0, 1)) {
      int from = 2 * message * 4;
      float first = data(ann, message).asReadOnlyByteBuffer().order(LITTLE).getFloat();
      assertEquals(BoardWeights.of(board, 1)[from], first);
    }
  }

  private static List<String> runs(FakeStream stream) {
    return stream.written.stream()
        .filter(ServerMessage::hasParameters)
        .map(ServerMessage::getParameters)
        .map(each -> each.getChunk() + "+" + each.getChunks())
        .toList();
  }

  @Test
  void aStreamIsWrittenToOnlyWhileItIsReadyAndInOrder() {
    FakeStream ann =
        new FakeStream() {
          @Override
          public void onNext(Frame<ServerMessage> frame) {
            super.onNext(frame);
            isReady = false;
          }
        };
    join("ann", ann);
    ann.written.clear();
    team.prepare(ANN, 1, units(0));
    team.chunk(ANN, 0, Vector.LOOKAHEAD_POINT, 0);
    team.lease(ANN, 0, units(0));
    for (int expected = 1; expected <= 3; expected++) {
      becomesReady(ann);
      assertEquals(expected, ann.written.size());
    }
    assertEquals(List.of(BodyCase.PREPARE, BodyCase.PARAMETERS, BodyCase.LEASE), bodies(ann));
  }

  @Test
  void aStreamThatBecomesReadyWhileItIsWrittenToIsWrittenInOrder() {
    FakeStream ann =
        new FakeStream() {
          @Override
          public void onNext(Frame<ServerMessage> frame) {
            onReady.run();
            super.onNext(frame);
          }
        };
    join("ann", ann);
    ann.written.clear();
    team.run(
        training -> {
          team.prepare(ANN, 1, units(0));
          team.chunk(ANN, 0, Vector.LOOKAHEAD_POINT, 0);
          team.lease(ANN, 0, units(0));
        });
    assertEquals(List.of(BodyCase.PREPARE, BodyCase.PARAMETERS, BodyCase.LEASE), bodies(ann));
  }

  @Test
  void allWorkersAreSentTheSameChunk() {
    FakeStream ann = join("ann");
    FakeStream ben = join("ben");
    team.run(
        training -> {
          team.chunk(ANN, 0, Vector.LOOKAHEAD_POINT, 1);
          team.chunk(BEN, 0, Vector.LOOKAHEAD_POINT, 1);
        });
    assertEquals(ann.written, ben.written);
    assertEquals(4 * 4, data(ann, 0).size());
  }

  @Test
  void weightsAndLookaheadPointAreToldApart() {
    FakeStream ann = join("ann");
    round();
    team.run(
        training -> {
          team.chunk(ANN, 1, Vector.WEIGHTS, 0);
          team.chunk(ANN, 1, Vector.LOOKAHEAD_POINT, 0);
        });
    float weight = data(ann, 0).asReadOnlyByteBuffer().order(LITTLE).getFloat();
    float point = data(ann, 1).asReadOnlyByteBuffer().order(LITTLE).getFloat();
    assertEquals(BoardWeights.of(board, board.version())[0], weight);
    board.show(Vector.LOOKAHEAD_POINT, 0, 1, values -> assertEquals(values[0], point));
    assertTrue(point < weight && weight < 0, "it looks ahead");
  }

  private static final java.nio.ByteOrder LITTLE = java.nio.ByteOrder.LITTLE_ENDIAN;

  @Test
  void whatStaysInTheProcessIsNoTraffic() {
    FakeStream ann = new FakeStream();
    new WorkerConnection(ann, team, true).onNext(hello("ann"));
    assertTrue(team.isBeside(ANN));
    team.run(training -> team.chunk(ANN, 0, Vector.LOOKAHEAD_POINT, 0));
    assertTrue(ann.written.get(1).hasParameters());
    assertEquals(0, traffic.bytes(Traffic.Direction.OUT));
    FakeStream ben = join("ben");
    assertFalse(team.isBeside(new WorkerId(2, "ben")));
    team.run(training -> team.chunk(new WorkerId(2, "ben"), 0, Vector.LOOKAHEAD_POINT, 0));
    assertTrue(ben.written.get(0).hasParameters());
    assertTrue(traffic.bytes(Traffic.Direction.OUT) > 0);
  }

  @Test
  void aMessageMoreIsAskedForWhenOneHasBeenDealtWith() {
    FakeStream ann = new FakeStream();
    StreamObserver<Frame<WorkerMessage>> inbound = new WorkerConnection(ann, team, false);
    List<Integer> whileDealingWithHello = new ArrayList<>();
    onJoined = () -> whileDealingWithHello.add(ann.requested);
    assertEquals(4, ann.requested);
    inbound.onNext(hello("ann"));
    assertEquals(List.of(4), whileDealingWithHello);
    assertEquals(5, ann.requested);
    inbound.onNext(Frame.of(WorkerMessage.newBuilder().setPrepared(prepared(7)).build()));
    assertEquals(6, ann.requested);
  }

  @Test
  void whoDoesNotReadIsSentAwayBeforeItCostsMuch() {
    FakeStream ann = join("ann");
    ann.isReady = false;
    int taken = 0;
    while (ann.end.isEmpty()) {
      team.run(training -> team.lease(ANN, 0, units(0)));
      taken++;
    }
    assertEquals(team.mostWaiting() + 1, taken);
    Status status = ann.end.get();
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, status.getCode());
    assertTrue(status.getDescription().startsWith("4120 messages wait"), status::toString);
  }

  @Test
  void whoReadsSlowlyIsNot() {
    FakeStream ann = join("ann");
    for (int i = 0; i < 3 * team.mostWaiting(); i++) {
      ann.isReady = i % 1000 == 999;
      team.run(training -> team.lease(ANN, 0, units(0)));
    }
    assertTrue(ann.end.isEmpty());
  }

  @Test
  void ofPlansThatWaitTheLatestIsSent() {
    FakeStream ann = join("ann");
    ann.isReady = false;
    team.prepare(ANN, 1, units(0));
    team.lease(ANN, 0, units(0));
    for (int plan = 2; plan < 10_000; plan++) {
      team.prepare(ANN, plan, units(0));
    }
    becomesReady(ann);
    assertEquals(List.of(BodyCase.LEASE, BodyCase.PREPARE), bodies(ann));
    assertEquals(9999, ann.written.get(1).getPrepare().getPlan());
  }

  @Test
  void aLeaseOfAllPartitionsThereCanBeIsNotTooLargeForAWorker() {
    FakeStream ann = join("ann");
    BitSet all = new BitSet();
    all.set(0, 1 << 20);
    team.run(
        training -> {
          team.prepare(ANN, 1, all);
          team.lease(ANN, 0, all);
        });
    for (ServerMessage message : ann.written) {
      assertTrue(message.getSerializedSize() < Connections.MAX_INBOUND);
    }
  }

  private static io.cordee.proto.v1.Prepared prepared(int plan) {
    return io.cordee.proto.v1.Prepared.newBuilder().setPlan(plan).build();
  }

  // ---- ends ----

  @Test
  void theEndOvertakesWhatWaits() {
    FakeStream ann = join("ann");
    ann.isReady = false;
    team.chunk(ANN, 0, Vector.LOOKAHEAD_POINT, 0);
    team.lease(ANN, 0, units(0));
    team.finished(ANN, new Outcome.Completed("completed"));
    becomesReady(ann);
    assertEquals(List.of(BodyCase.FINISHED), bodies(ann));
  }

  @Test
  void whoComesWhenTheJobIsOverIsGreetedFirst() {
    team.run(training -> training.interrupt("interrupted"));
    FakeStream ann = new FakeStream();
    join("ann", ann);
    assertEquals(List.of(BodyCase.WELCOME, BodyCase.FINISHED), bodies(ann));
  }

  @Test
  void nothingIsWrittenToAStreamThatHasEnded() {
    FakeStream refused = join("ann");
    team.run(training -> team.expel(ANN, "what it sent cannot be"));
    Status status = refused.end.orElseThrow();
    assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode());
    assertEquals("what it sent cannot be", status.getDescription());
    FakeStream lost = join("ben");
    lost.onCancel.run();
    runLater();
    team.run(
        training -> {
          for (WorkerId worker : List.of(ANN, BEN)) {
            team.lease(worker, 0, units(0));
          }
        });
    becomesReady(refused);
    becomesReady(lost);
    assertEquals(List.of(), refused.written);
    assertEquals(List.of(), lost.written);
  }

  @Test
  void whatWasUnderWayFromARefusedWorkerIsDropped() {
    FakeStream ann = new FakeStream();
    StreamObserver<Frame<WorkerMessage>> inbound = new WorkerConnection(ann, team, false);
    inbound.onNext(hello("ann"));
    inbound.onNext(hello("ann"));
    inbound.onNext(
        Frame.of(
            WorkerMessage.newBuilder()
                .setFailure(io.cordee.proto.v1.Failure.newBuilder().setMessage("no disk"))
                .build()));
    inbound.onCompleted();
    ann.onCancel.run();
    runLater();
    assertEquals(Status.Code.FAILED_PRECONDITION, ann.end.orElseThrow().getCode());
    assertTrue(team.training().outcome().isEmpty());
  }

  @Test
  void aHeartbeatIsTakenAndNotAnswered() {
    FakeStream ann = new FakeStream();
    StreamObserver<Frame<WorkerMessage>> inbound = new WorkerConnection(ann, team, false);
    inbound.onNext(hello("ann"));
    ann.written.clear();
    inbound.onNext(
        Frame.of(WorkerMessage.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build()));
    assertEquals(List.of(), bodies(ann));
    assertTrue(ann.end.isEmpty());
    assertTrue(team.training().outcome().isEmpty());
  }

  @Test
  void aGoodbyeAndTheEndOfTheStreamCountAsOneLeave() {
    FakeStream ann = new FakeStream();
    StreamObserver<Frame<WorkerMessage>> inbound = new WorkerConnection(ann, team, false);
    inbound.onNext(hello("ann"));
    team.run(training -> training.interrupt("interrupted"));
    inbound.onNext(
        Frame.of(WorkerMessage.newBuilder().setGoodbye(Goodbye.getDefaultInstance()).build()));
    assertTrue(team.training().isOver());
    inbound.onCompleted();
    runLater();
    assertTrue(ann.end.orElseThrow().isOk());
    assertTrue(team.training().isOver());
  }

  @Test
  void whoIsCutOffIsExpectedBack() {
    FakeStream ann = join("ann");
    assertFalse(team.expectsOthers());
    ann.onCancel.run();
    runLater();
    assertTrue(team.expectsOthers());
    join("ann");
    assertFalse(team.expectsOthers());
  }

  @Test
  void whoIsSentAwayOrTakesItsLeaveIsNot() {
    join("ann");
    team.expel(ANN, "rows that cannot be");
    team.run(training -> {});
    FakeStream ben = new FakeStream();
    StreamObserver<Frame<WorkerMessage>> inbound = new WorkerConnection(ben, team, false);
    inbound.onNext(hello("ben"));
    inbound.onNext(
        Frame.of(WorkerMessage.newBuilder().setGoodbye(Goodbye.getDefaultInstance()).build()));
    ben.onCancel.run();
    FakeStream cat = new FakeStream();
    StreamObserver<Frame<WorkerMessage>> last = new WorkerConnection(cat, team, false);
    last.onNext(hello("cat"));
    last.onCompleted();
    runLater();
    assertFalse(team.expectsOthers());
  }

  @Test
  void whatBreaksTheTrainingEndsTheJobAndNotTheThread() {
    FakeStream ann = join("ann");
    team.run(
        training -> {
          throw new OutOfMemoryError("Java heap space");
        });
    Outcome outcome = team.training().outcome().orElseThrow();
    assertInstanceOf(Outcome.Failed.class, outcome);
    assertEquals(
        "out of memory (Java heap space); give this process more with CORDEE_JAVA_OPTS=-Xmx...",
        outcome.message());
    assertEquals(List.of(BodyCase.FINISHED), bodies(ann));
  }

  // ---- what workers hold of a table ----

  @Test
  void onlyWhoIsPlannedForMayHoldRows() {
    GrpcTeam<?> withTable = withTable();
    FakeStream ann = new FakeStream();
    WorkerConnection fromAnn = new WorkerConnection(ann, withTable, false);
    fromAnn.onNext(hello("ann"));
    fromAnn.onNext(holds(1, 5));
    Status end = ann.end.orElseThrow();
    assertEquals(Status.Code.FAILED_PRECONDITION, end.getCode());
    assertTrue(end.getDescription().contains("send Holds after Prepare"), end::toString);
  }

  @Test
  void whoHoldsTheMostHasToGoWhenThereIsNoRoomForAll() {
    GrpcTeam<?> withTable = withTable();
    FakeStream ann = new FakeStream();
    FakeStream eve = new FakeStream();
    WorkerConnection fromAnn = planned(ANN, ann, withTable);
    WorkerConnection fromEve = planned(new WorkerId(2, "eve"), eve, withTable);
    fromAnn.onNext(holds(1, 10));
    for (int number = 1; number <= 2; number++) {
      fromEve.onNext(holds(number, 100));
    }
    assertEquals(List.of(Optional.empty(), Optional.empty()), List.of(ann.end, eve.end));
    fromAnn.onNext(holds(2, 50));
    Status end = eve.end.orElseThrow();
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, end.getCode());
    assertTrue(end.getDescription().startsWith("this server has 1000 bytes"), end::toString);
    assertTrue(end.getDescription().contains("-Xmx"), end::toString);
    fromAnn.onNext(holds(3, 150));
    assertTrue(ann.end.isEmpty(), "it has room now");
  }

  private GrpcTeam<?> withTable() {
    return team(new Part(Shard.WHOLE, 0, Optional.of(new Table(0, 1_000_000, 1))));
  }

  private static WorkerConnection planned(WorkerId worker, FakeStream stream, GrpcTeam<?> team) {
    WorkerConnection from = new WorkerConnection(stream, team, false);
    from.onNext(hello(worker.name()));
    team.prepare(worker, 1, units(0));
    return from;
  }

  /** Some of many rows, in four bytes each. */
  private static Frame<WorkerMessage> holds(int number, int count) {
    Holds.Builder holds = Holds.newBuilder().setNumber(number).addSteps(900_000);
    IntStream.range(1, count).forEach(i -> holds.addSteps(1));
    return Frame.of(WorkerMessage.newBuilder().setHolds(holds).build());
  }

  // ---- helpers ----

  private FakeStream join(String name) {
    FakeStream stream = new FakeStream();
    join(name, stream);
    stream.written.clear();
    return stream;
  }

  private void join(String name, FakeStream stream) {
    new WorkerConnection(stream, team, false).onNext(hello(name));
    assertEquals("the job", stream.written.get(0).getWelcome().getJob());
  }

  private static Frame<WorkerMessage> hello(String name) {
    return Frame.of(
        WorkerMessage.newBuilder()
            .setHello(
                Hello.newBuilder().setProtocol(Connections.PROTOCOL).setName(name).setThreads(1))
            .build());
  }

  @Test
  void whatCannotBeIsRefused() {
    DataFound.Builder found = DataFound.newBuilder();
    assertRefused(
        "training rows must be 1 to 4398046511104; found 0",
        WorkerMessage.newBuilder().setDataFound(found));
    assertRefused(
        "room must be 0 to 2147483647; found -1",
        WorkerMessage.newBuilder().setDataFound(found.setTrainRows(1).setRoom(-1)));
    assertRefused(
        "a message without a body that is known here; run the same", WorkerMessage.newBuilder());
    FakeStream ann = new FakeStream();
    Hello.Builder hello = Hello.newBuilder().setThreads(5000);
    new WorkerConnection(ann, team, false)
        .onNext(Frame.of(WorkerMessage.newBuilder().setHello(hello).build()));
    String why = ann.end.orElseThrow().getDescription();
    assertTrue(why.startsWith("threads must be 1 to 4096; found 5000"), why);
  }

  private void assertRefused(String expected, WorkerMessage.Builder message) {
    FakeStream ann = new FakeStream();
    WorkerConnection connection = new WorkerConnection(ann, team, false);
    connection.onNext(hello("ann"));
    connection.onNext(Frame.of(message.build()));
    String why = ann.end.orElseThrow().getDescription();
    assertTrue(why.startsWith(expected), why);
  }

  /** The training is busy when the messages come, and hears of them later. */
  @Test
  void checksumsBelongToTheDataTheyPrecedeHoweverLateTheTrainingHearsOfThem() {
    FakeStream ann = new FakeStream();
    WorkerConnection stream = new WorkerConnection(ann, team, false);
    stream.onNext(hello("ann"));
    onJoined =
        () -> {
          stream.onNext(checksum());
          stream.onNext(found());
          stream.onNext(found());
        };
    join("ben");
    String why = ann.end.orElseThrow().getDescription();
    assertTrue(why.startsWith("expected RowChecksums before DataFound"), why);
  }

  @Test
  void aWorkerThatDoesNotSayItsRoomHasRoomForAll() {
    FakeStream ann = new FakeStream();
    WorkerConnection stream = new WorkerConnection(ann, team, false);
    stream.onNext(hello("ann"));
    stream.onNext(checksum());
    DataFound found = DataFound.newBuilder().setTrainRows(32).build();
    stream.onNext(Frame.of(WorkerMessage.newBuilder().setDataFound(found).build()));
    ServerMessage last = ann.written.get(ann.written.size() - 1);
    assertEquals(List.of(0), last.getPrepare().getPartitionsList());
  }

  private static Frame<WorkerMessage> checksum() {
    var checksums = io.cordee.proto.v1.RowChecksums.newBuilder().addChecksums(1);
    return Frame.of(WorkerMessage.newBuilder().setRowChecksums(checksums).build());
  }

  private static Frame<WorkerMessage> found() {
    var found = io.cordee.proto.v1.DataFound.newBuilder().setTrainRows(1);
    return Frame.of(WorkerMessage.newBuilder().setDataFound(found).build());
  }

  private void becomesReady(FakeStream stream) {
    stream.isReady = true;
    stream.onReady.run();
  }

  private void runLater() {
    while (!later.isEmpty()) {
      later.removeFirst().run();
    }
  }

  private void round() {
    step(List.of(0, 1, 2));
    board.advance();
  }

  private void step(List<Integer> chunks) {
    for (int chunk : chunks) {
      float[] sums = new float[board.chunks().size(chunk)];
      java.util.Arrays.fill(sums, 1);
      board.offer(new DenseContribution(0, ReductionTree.ROOT, chunk, new Tally(1, 1, 0, 0), sums));
    }
    board.apply(0);
    board.step(board.claim());
  }

  private static BitSet units(int unit) {
    BitSet set = new BitSet();
    set.set(unit);
    return set;
  }

  private static List<BodyCase> bodies(FakeStream stream) {
    return stream.written.stream().map(ServerMessage::getBodyCase).toList();
  }

  private static ByteString data(FakeStream stream, int index) {
    return stream.written.get(index).getParameters().getData();
  }
}
