package io.cordee.worker.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Holding;
import io.cordee.common.reduce.Shard;
import io.cordee.common.wire.FloatCodec;
import io.cordee.common.wire.GradientFormat;
import io.cordee.function.Sums;
import io.cordee.proto.message.JobEnd;
import io.cordee.proto.v1.Contribution;
import io.cordee.proto.v1.Evaluate;
import io.cordee.proto.v1.Failure;
import io.cordee.proto.v1.Finished;
import io.cordee.proto.v1.Goodbye;
import io.cordee.proto.v1.Heartbeat;
import io.cordee.proto.v1.Lease;
import io.cordee.proto.v1.Parameters;
import io.cordee.proto.v1.Prepare;
import io.cordee.proto.v1.Prepared;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Welcome;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.proto.v1.WorkerMessage.BodyCase;
import io.cordee.worker.link.ChunkSink;
import io.cordee.worker.link.LinkException;
import io.cordee.worker.link.LostLinkException;
import io.cordee.worker.link.Says;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class GrpcServerLinkTest {

  private static final WorkerMessage GOODBYE =
      WorkerMessage.newBuilder().setGoodbye(Goodbye.getDefaultInstance()).build();

  private static final WorkerMessage HEARTBEAT =
      WorkerMessage.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build();

  private static final Tally TALLY = new Tally(5, 0.1, 3, 2);

  private final List<AutoCloseable> open = new ArrayList<>();

  private FakeService server;
  private GrpcServerLink link;

  @BeforeEach
  void start() throws IOException {
    server = closeLater(FakeService.start());
    link = link(server);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  // ---- what is said ----

  @Test
  void whatTheWorkerSaysArrives() throws Exception {
    link.evaluated(4, 2, TALLY);
    link.send(prepared(9));
    link.send(HEARTBEAT);
    link.send(failure("row 7 is broken"));
    link.send(GOODBYE);
    WorkerMessage evaluated = hear(server);
    assertEquals(4, evaluated.getEvaluated().getVersion());
    assertEquals(2, evaluated.getEvaluated().getSlice());
    assertEquals(wire(TALLY), evaluated.getEvaluated().getTally());
    assertEquals(9, hear(server).getPrepared().getPlan());
    assertEquals(BodyCase.HEARTBEAT, hear(server).getBodyCase());
    assertEquals("row 7 is broken", hear(server).getFailure().getMessage());
    assertEquals(BodyCase.GOODBYE, hear(server).getBodyCase());
    get(server.halfClosed);
  }

  private static WorkerMessage prepared(int plan) {
    return WorkerMessage.newBuilder().setPrepared(Prepared.newBuilder().setPlan(plan)).build();
  }

  private static WorkerMessage failure(String message) {
    return WorkerMessage.newBuilder().setFailure(Failure.newBuilder().setMessage(message)).build();
  }

  @Test
  void aGoodbyeIsHeardBeforeTheConnectionIsClosed() throws Exception {
    FakeService server = closeLater(FakeService.startDeaf());
    GrpcServerLink link = link(server);
    ServerCallStreamObserver<ServerMessage> stream = get(server.stream);
    link.send(GOODBYE);
    CompletableFuture<Void> closing = CompletableFuture.runAsync(link::close);
    assertThrows(TimeoutException.class, () -> closing.get(100, TimeUnit.MILLISECONDS));
    stream.request(1);
    assertEquals(BodyCase.GOODBYE, hear(server).getBodyCase());
    get(closing);
  }

  private static io.cordee.proto.v1.Tally wire(Tally tally) {
    return io.cordee.proto.v1.Tally.newBuilder()
        .setRows(tally.rows())
        .setLossSum(tally.lossSum())
        .setCorrect(tally.correct())
        .setWithin(tally.within())
        .build();
  }

  private static io.cordee.worker.link.Contribution sums(
      int version, int node, Sums sums, GradientFormat format) {
    Holding whole = Chunks.of(sums.parameters(), sums.width());
    return new io.cordee.worker.link.Contribution(version, node, TALLY, sums, format, whole);
  }

  @Test
  void aContributionIsSentChunkByChunkGradientFirst() throws Exception {
    int parameters = 1_200_000;
    Sums sums = new Sums(parameters, 2);
    for (int i = 0; i < parameters; i++) {
      sums.gradient()[i] = i;
      sums.extra()[i] = -i;
    }
    link.contribute(sums(6, 5, sums, GradientFormat.FLOAT32));
    Chunks chunks = Chunks.of(parameters, 2);
    assertTrue(chunks.count() > 2);
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      Contribution heard = hear(server).getContribution();
      assertEquals(
          List.of(6, 5, chunk), List.of(heard.getVersion(), heard.getNode(), heard.getChunk()));
      assertEquals(wire(TALLY), heard.getTally());
      assertEquals(Contribution.Encoding.FLOAT32, heard.getEncoding());
      assertEquals(chunks.contributionSize(chunk) * Float.BYTES, heard.getData().size());
      float[] data = new float[chunks.contributionSize(chunk)];
      FloatCodec.decode(heard.getData().asReadOnlyByteBuffer(), data, 0, data.length);
      assertEquals(chunks.from(chunk), data[0]);
      assertEquals(-chunks.from(chunk), data[chunks.size(chunk)]);
      assertEquals(1 - chunks.to(chunk), data[data.length - 1]);
    }
  }

  @ParameterizedTest
  @EnumSource(GradientFormat.class)
  void smallChunksShareAMessageInWhichEachIsWhatItWouldBeAlone(GradientFormat format)
      throws Exception {
    Sums sums = new Sums(100_001, 2);
    for (int i = 0; i < sums.parameters(); i++) {
      sums.gradient()[i] = i % 311 - 7;
      sums.extra()[i] = i % 17;
    }
    Chunks chunks = Chunks.of(sums.parameters(), sums.width());
    link.contribute(sums(6, 5, sums, format));
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      link.contribute(sums(6, 4, sums, format), chunk, 1);
    }
    List<Contribution> runs = new ArrayList<>();
    for (int count = 0; count < chunks.count(); count += runs.get(runs.size() - 1).getChunks()) {
      runs.add(hear(server).getContribution());
      assertEquals(count, runs.get(runs.size() - 1).getChunk());
    }
    assertEquals(List.of(10, 6), runs.stream().map(Contribution::getChunks).toList());
    for (Contribution run : runs) {
      ByteString alone = ByteString.EMPTY;
      for (int i = 0; i < run.getChunks(); i++) {
        Contribution one = hear(server).getContribution();
        assertEquals(List.of(4, 1), List.of(one.getNode(), one.getChunks()));
        alone = alone.concat(one.getData());
      }
      assertEquals(alone, run.getData());
      assertEquals(wire(TALLY), run.getTally());
    }
  }

  @Test
  void aContributionSaysHowItIsEncoded() throws Exception {
    Sums sums = new Sums(3, 1);
    sums.gradient()[0] = 127;
    sums.gradient()[2] = -1;
    link.contribute(sums(6, 5, sums, GradientFormat.BFLOAT16));
    link.contribute(sums(6, 5, sums, GradientFormat.INT8));
    Contribution half = hear(server).getContribution();
    assertEquals(Contribution.Encoding.BFLOAT16, half.getEncoding());
    assertEquals(
        ByteString.copyFrom(new byte[] {(byte) 0xfe, 0x42, 0, 0, (byte) 0x80, (byte) 0xbf}),
        half.getData());
    Contribution quarter = hear(server).getContribution();
    assertEquals(Contribution.Encoding.INT8, quarter.getEncoding());
    assertEquals(
        ByteString.copyFrom(new byte[] {0, 0, (byte) 0x80, 0x3f, 127, 0, -1}), quarter.getData());
    assertEquals(wire(TALLY), quarter.getTally());
  }

  @Test
  void whatTheServerMessageArrives() throws Exception {
    List<Put> put = new CopyOnWriteArrayList<>();
    link.deliverChunksTo(chunk -> put.add(Put.of(chunk)));
    ServerCallStreamObserver<ServerMessage> stream = get(server.stream);
    stream.onNext(
        message()
            .setWelcome(Welcome.newBuilder().setName("ann-2").setJob("the job").setShards(1))
            .build());
    stream.onNext(
        message()
            .setPrepare(Prepare.newBuilder().setPlan(3).addAllPartitions(List.of(0, 5)))
            .build());
    stream.onNext(chunk(4, 1, Parameters.Kind.LOOKAHEAD_POINT, 1, -2));
    stream.onNext(chunk(4, 0, Parameters.Kind.WEIGHTS, 3));
    stream.onNext(message().setLease(Lease.newBuilder().setVersion(4).addPartitions(5)).build());
    stream.onNext(message().setEvaluate(Evaluate.newBuilder().setVersion(4).addSlices(2)).build());
    stream.onNext(
        message()
            .setFinished(Finished.newBuilder().setCompleted(true).setMessage("completed"))
            .build());

    assertEquals(Says.welcome("ann-2", "the job", Shard.WHOLE, List.of()), link.receive());
    assertEquals(Says.prepare(3, units(0, 5)), link.receive());
    assertEquals(Says.lease(4, units(5)), link.receive());
    assertEquals(
        List.of(
            new Put(4, 1, new ChunkSink.Content.LookaheadPoint(), List.of(1f, -2f)),
            new Put(4, 0, new ChunkSink.Content.Weights(), List.of(3f))),
        put,
        "all chunks that were sent before the lease");
    assertEquals(Says.evaluate(4, units(2)), link.receive());
    assertEquals(Says.finished(JobEnd.COMPLETED, "completed"), link.receive());
  }

  @ParameterizedTest
  @CsvSource({"true, false, COMPLETED", "false, true, INTERRUPTED", "false, false, FAILED"})
  void hearsHowTheJobHasEnded(boolean completed, boolean interrupted, JobEnd how) {
    var finished = Finished.newBuilder().setCompleted(completed).setInterrupted(interrupted);
    assertEquals(how, JobEnd.of(finished.build()));
    assertEquals(finished.build(), how.finished("").build());
  }

  /** A chunk as it was put, its values read in two parts. */
  private record Put(int version, int chunk, ChunkSink.Content content, List<Float> values) {
    static Put of(ChunkSink.Chunk chunk) {
      float[] values = new float[chunk.values().size() / Float.BYTES];
      chunk.values().read(values, 0, 1);
      chunk.values().read(values, 1, values.length - 1);
      List<Float> list = new ArrayList<>();
      for (float value : values) {
        list.add(value);
      }
      return new Put(chunk.version(), chunk.chunk(), chunk.content(), list);
    }
  }

  private static ServerMessage chunk(
      int version, int chunk, Parameters.Kind kind, float... values) {
    byte[] bytes = new byte[values.length * Float.BYTES];
    FloatCodec.encode(values, 0, values.length, bytes, 0);
    return message()
        .setParameters(
            Parameters.newBuilder()
                .setVersion(version)
                .setChunk(chunk)
                .setKind(kind)
                .setData(ByteString.copyFrom(bytes)))
        .build();
  }

  @Test
  void severalChunksArriveAsOneWithTheirChecksums() throws Exception {
    BlockingQueue<ChunkSink.Chunk> put = new LinkedBlockingQueue<>();
    link.deliverChunksTo(put::add);
    Parameters.Builder signs =
        Parameters.newBuilder()
            .setVersion(4)
            .setKind(Parameters.Kind.SIGNS)
            .setChunk(7)
            .setChunks(2)
            .addAllChecksums(List.of(-1L, 5L));
    get(server.stream).onNext(message().setParameters(signs).build());
    ChunkSink.Chunk heard = put.poll(60, TimeUnit.SECONDS);
    assertEquals(
        new ChunkSink.Chunk(
            4, 7, 2, new ChunkSink.Content.SignsOf(false, List.of(-1L, 5L)), heard.values()),
        heard);
  }

  @Test
  void aServerThatIgnoresAFailureCountsAsLostInTheEnd() throws Exception {
    link.patience = Duration.ofMillis(1);
    CompletableFuture<ServerMessage> answer = CompletableFuture.supplyAsync(link::receive);
    get(server.stream);
    link.send(failure("no disk")); // from a compute thread, say
    Exception end = assertThrows(Exception.class, () -> get(answer));
    String why = assertInstanceOf(LostLinkException.class, end.getCause()).getMessage();
    assertTrue(
        why.matches("lost the connection to the server at .*:\\d+: it has neither sent .*"), why);
    assertTrue(why.contains("of being told: no disk; restart it"), why);
  }

  @Test
  void aChunkThatCannotBePutIsToldOnceAndInItsPlace() throws Exception {
    link.deliverChunksTo(
        chunk -> {
          throw new IllegalArgumentException("no chunk " + chunk.chunk());
        });
    ServerCallStreamObserver<ServerMessage> stream = get(server.stream);
    stream.onNext(message().setLease(Lease.newBuilder().setVersion(1)).build());
    stream.onNext(chunk(4, 7, Parameters.Kind.LOOKAHEAD_POINT, 1));
    stream.onNext(chunk(4, 8, Parameters.Kind.LOOKAHEAD_POINT, 1));
    stream.onNext(message().setLease(Lease.newBuilder().setVersion(2)).build());
    assertEquals(Says.lease(1, units()), link.receive());
    IllegalArgumentException told = assertThrows(IllegalArgumentException.class, link::receive);
    assertEquals("no chunk 7", told.getMessage());
    assertEquals(Says.lease(2, units()), link.receive());
  }

  @Test
  void aChunkThatComesBeforeItIsKnownWhereChunksGoIsRefused() throws Exception {
    get(server.stream).onNext(chunk(0, 0, Parameters.Kind.LOOKAHEAD_POINT, 1));
    LinkException told = assertThrows(LinkException.class, link::receive);
    assertTrue(
        told.getMessage().contains("sent an invalid message: a chunk before it was asked for data"),
        told::getMessage);
  }

  @Test
  void moreChunksComeThanAreAskedForAhead() throws Exception {
    AtomicInteger put = new AtomicInteger();
    link.deliverChunksTo(chunk -> put.incrementAndGet());
    ServerCallStreamObserver<ServerMessage> stream = get(server.stream);
    for (int i = 0; i < 100; i++) {
      stream.onNext(chunk(0, i, Parameters.Kind.LOOKAHEAD_POINT, 1, 2, 3));
    }
    stream.onNext(message().setLease(Lease.newBuilder()).build());
    assertEquals(Says.lease(0, units()), link.receive());
    assertEquals(100, put.get(), "also if their values are not read");
  }

  @Test
  void whatCannotBeIsRefused() throws Exception {
    ServerCallStreamObserver<ServerMessage> stream = get(server.stream);
    stream.onNext(message().build());
    stream.onNext(message().setLease(Lease.newBuilder().addPartitions(-1)).build());
    stream.onNext(
        message().setPrepare(Prepare.newBuilder().setPlan(1).addPartitions(1 << 30)).build());
    stream.onNext(message().setPrepare(Prepare.newBuilder().setPlan(-7)).build());
    stream.onNext(message().setLease(Lease.newBuilder().setVersion(-5)).build());
    stream.onNext(message().setEvaluate(Evaluate.newBuilder().setVersion(-6)).build());
    stream.onNext(message().setWelcome(Welcome.newBuilder().setShard(2).setShards(2)).build());
    stream.onNext(message().setParameters(Parameters.newBuilder().setKindValue(7)).build());
    for (String words :
        List.of(
            "unknown message",
            "-1",
            "1073741824",
            "a plan of -7",
            "a version of -5",
            "a version of -6",
            "shard 2/2",
            "unknown kind 7")) {
      assertTrue(failure(link).contains(words), words);
    }
  }

  @Test
  void aChunkOfAVersionThatCannotBeIsRefused() throws Exception {
    for (Parameters.Builder wrong :
        List.of(
            Parameters.newBuilder().setVersion(-1),
            Parameters.newBuilder().setChunk(-1),
            Parameters.newBuilder().setChunks(-1),
            Parameters.newBuilder()
                .setKind(Parameters.Kind.SIGNS)
                .setChunks(3)
                .addAllChecksums(List.of(1L, 2L)),
            Parameters.newBuilder().setKind(Parameters.Kind.STATE).setPart(-1))) {
      FakeService server = closeLater(FakeService.start());
      GrpcServerLink link = link(server);
      link.deliverChunksTo(chunk -> {});
      get(server.stream).onNext(message().setParameters(wrong).build());
      String failure = failure(link);
      assertTrue(failure.contains("sent an invalid message"), failure);
      assertTrue(failure.endsWith("run the same version of Cordee on both sides"), failure);
    }
  }

  // ---- connecting ----

  @Test
  void aServerThatIsNotThereMayBeTriedAgain() throws Exception {
    int port = freePort();
    LostLinkException failure =
        assertThrows(LostLinkException.class, () -> GrpcServerLink.open("127.0.0.1", port));
    String before = "could not reach the server at 127.0.0.1:" + port + ": ";
    assertTrue(failure.getMessage().startsWith(before), failure.getMessage());
    FakeService server = closeLater(FakeService.startAt(port));
    link(server).send(prepared(9));
    assertEquals(9, hear(server).getPrepared().getPlan());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  // ---- back-pressure ----

  @Test
  void aServerThatDoesNotReadIsWaitedForAndNotBuriedInMemory() throws Exception {
    FakeService server = closeLater(FakeService.startDeaf());
    GrpcServerLink link = link(server);
    int total = 64;
    Sums mebibyte = new Sums(64 * 1024, 4);
    AtomicInteger sent = new AtomicInteger();
    CompletableFuture<Void> done =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < total; i++) {
                link.contribute(sums(0, 1, mebibyte, GradientFormat.FLOAT32));
                sent.incrementAndGet();
              }
            });
    ServerCallStreamObserver<ServerMessage> stream = get(server.stream);
    assertThrows(TimeoutException.class, () -> done.get(500, TimeUnit.MILLISECONDS));
    int ahead = sent.get();
    assertTrue(ahead < 16, () -> ahead + " MiB of " + total + " are on their way or in memory");

    stream.request(Integer.MAX_VALUE);
    get(done);
    for (int i = 0; i < total; i++) {
      assertEquals(BodyCase.CONTRIBUTION, hear(server).getBodyCase());
    }
  }

  @Test
  void aSenderThatIsInterruptedWhileItWaitsLeavesTheConnectionToTheOthers() throws Exception {
    FakeService server = closeLater(FakeService.startDeaf());
    GrpcServerLink link = link(server);
    CompletableFuture<Boolean> wasInterrupted = new CompletableFuture<>();
    Thread sender = senderThatBlocks(link, wasInterrupted);
    sender.interrupt();
    assertTrue(get(wasInterrupted));
    get(server.stream).request(Integer.MAX_VALUE);
    link.send(failure("row 7 is broken"));
    for (WorkerMessage heard = hear(server); ; heard = hear(server)) {
      if (heard.getBodyCase() == BodyCase.FAILURE) {
        assertEquals("row 7 is broken", heard.getFailure().getMessage());
        return;
      }
    }
  }

  @Test
  void heartbeatAndGoodbyeWaitForNobodyAndWhatIsSentAfterwardsGoesNowhere() throws Exception {
    FakeService server = closeLater(FakeService.startDeaf());
    GrpcServerLink link = link(server);
    CompletableFuture<Boolean> wasInterrupted = new CompletableFuture<>();
    Thread sender = senderThatBlocks(link, wasInterrupted);
    link.send(HEARTBEAT);
    link.send(GOODBYE);
    link.send(GOODBYE);
    link.contribute(sums(0, 1, new Sums(1, 1), GradientFormat.FLOAT32));
    sender.interrupt();
    assertTrue(get(wasInterrupted));
    get(server.stream).request(Integer.MAX_VALUE);
    get(server.halfClosed);
    List<WorkerMessage> heard = new ArrayList<>(server.heard);
    assertEquals(BodyCase.GOODBYE, heard.get(heard.size() - 1).getBodyCase());
    assertEquals(1, heard.stream().filter(each -> each.getBodyCase() == BodyCase.GOODBYE).count());
  }

  /** Sends until interrupted; returns once the thread blocks on a server that does not read. */
  private static Thread senderThatBlocks(
      GrpcServerLink link, CompletableFuture<Boolean> wasInterrupted) {
    Sums mebibyte = new Sums(64 * 1024, 4);
    Thread sender =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                link.contribute(sums(0, 1, mebibyte, GradientFormat.FLOAT32));
              }
              wasInterrupted.complete(true);
            },
            "sender");
    sender.setDaemon(true);
    sender.start();
    while (sender.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return sender;
  }

  // ---- ends ----

  @Test
  void aRefusalIsToldInTheServersWordsAsOftenAsIsAsked() throws Exception {
    get(server.stream)
        .onError(
            Status.INVALID_ARGUMENT
                .withDescription("chunk 0 has 3 floats; found 2")
                .asRuntimeException());
    for (int i = 0; i < 2; i++) {
      String message = failure(link);
      assertTrue(message.contains("127.0.0.1:" + server.port()), message);
      assertTrue(message.contains("refused this worker: chunk 0 has 3 floats; found 2"), message);
    }
  }

  @Test
  void whatTheServerHadSaidIsHeardThoughTheConnectionHasEndedSince() throws Exception {
    ServerCallStreamObserver<ServerMessage> stream = get(server.stream);
    stream.onNext(
        message()
            .setFinished(Finished.newBuilder().setCompleted(true).setMessage("completed"))
            .build());
    stream.onCompleted();
    // Until the end is known here, messages are lost on the way; then they are dropped.
    CompletableFuture<Void> sending =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 200; i++) {
                link.send(prepared(i));
              }
            });
    get(sending);
    assertEquals(Says.finished(JobEnd.COMPLETED, "completed"), link.receive());
    link.send(GOODBYE);
    assertTrue(failure(link).contains("ended the connection"));
  }

  @Test
  void aServerThatIsGoneIsALostConnection() throws Exception {
    get(server.stream);
    server.close();
    LostLinkException lost = assertThrows(LostLinkException.class, link::receive);
    String before = "lost the connection to the server at 127.0.0.1:" + server.port() + ": ";
    assertTrue(lost.getMessage().startsWith(before), lost.getMessage());
    assertTrue(lost.getMessage().length() > before.length(), "with the reason");
  }

  @Test
  void noMemoryForWhatTheServerSendsIsThisWorkersOwnTrouble() throws Exception {
    link.deliverChunksTo(
        chunk -> {
          throw new OutOfMemoryError("Java heap space");
        });
    get(server.stream).onNext(chunk(0, 0, Parameters.Kind.WEIGHTS, 3));
    LinkException end = assertThrows(LinkException.class, link::receive);
    assertFalse(end instanceof LostLinkException, "it would be no different again");
    assertEquals(
        "this worker is out of memory (Java heap space); give this process more with"
            + " CORDEE_JAVA_OPTS=-Xmx...",
        end.getMessage());
  }

  @Test
  void aServerThatRefusesAWorkerIsNotALostConnection() throws Exception {
    for (Status status : List.of(Status.INVALID_ARGUMENT, Status.FAILED_PRECONDITION)) {
      FakeService server = closeLater(FakeService.start());
      GrpcServerLink link = link(server);
      get(server.stream).onError(status.withDescription("too few rows").asRuntimeException());
      LinkException refusal = assertThrows(LinkException.class, link::receive);
      assertFalse(refusal instanceof LostLinkException, refusal::toString);
      assertTrue(refusal.getMessage().endsWith("refused this worker: too few rows"));
    }
  }

  @Test
  void aStreamThatIsCutOffOnTheWayIsALostConnection() throws Exception {
    for (Status status : List.of(Status.UNAVAILABLE, Status.CANCELLED)) {
      FakeService server = closeLater(FakeService.start());
      GrpcServerLink link = link(server);
      get(server.stream).onError(status.withDescription("going down").asRuntimeException());
      LostLinkException lost = assertThrows(LostLinkException.class, link::receive);
      assertTrue(lost.getMessage().endsWith(server.port() + ": going down"), lost.getMessage());
    }
  }

  @Test
  void aSenderThatWaitsIsSetFreeWhenTheConnectionEnds() throws Exception {
    FakeService server = closeLater(FakeService.startDeaf());
    GrpcServerLink link = link(server);
    CompletableFuture<Boolean> wasInterrupted = new CompletableFuture<>();
    Thread sender = senderThatBlocks(link, wasInterrupted);
    server.close();
    failure(link);
    // It no longer blocks: its messages are dropped, and it sees the interrupt.
    sender.interrupt();
    assertTrue(get(wasInterrupted));
  }

  @Test
  void theEndIsHeardOfByAWorkerThatAnswersThoughNothingIsReadOfItAndMuchWaitsForIt()
      throws Exception {
    FakeService server = closeLater(FakeService.startDeaf());
    GrpcServerLink link = link(server);
    CompletableFuture<Boolean> wasInterrupted = new CompletableFuture<>();
    Thread sender = senderThatBlocks(link, wasInterrupted);
    // More than the link requests in advance.
    for (int plan = 1; plan <= 100; plan++) {
      get(server.stream)
          .onNext(
              message().setPrepare(Prepare.newBuilder().setPlan(plan).addPartitions(0)).build());
    }
    ServerMessage first = link.receive();
    server.close();
    LostLinkException lost =
        assertThrows(
            LostLinkException.class,
            () -> {
              for (ServerMessage said = first; ; said = link.receive()) {
                link.send(prepared(said.getPrepare().getPlan()));
              }
            });
    assertTrue(lost.getMessage().contains("lost the connection"), lost.getMessage());
    sender.interrupt();
    assertTrue(get(wasInterrupted));
  }

  @Test
  void closingFromAnotherThreadEndsTheWait() throws Exception {
    get(server.stream);
    CompletableFuture<String> told = CompletableFuture.supplyAsync(() -> failure(link));
    link.close();
    assertTrue(get(told).contains("lost the connection"));
    get(server.halfClosed);
  }

  private GrpcServerLink link(FakeService server) {
    return closeLater(GrpcServerLink.open("127.0.0.1", server.port()));
  }

  private static String failure(GrpcServerLink link) {
    return assertThrows(LinkException.class, link::receive).getMessage();
  }

  private synchronized <T extends AutoCloseable> T closeLater(T what) {
    open.add(what);
    return what;
  }

  private static WorkerMessage hear(FakeService server) throws InterruptedException {
    WorkerMessage heard = server.heard.poll(20, TimeUnit.SECONDS);
    if (heard == null) {
      throw new AssertionError("nothing was heard for 20 s");
    }
    return heard;
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  private static ServerMessage.Builder message() {
    return ServerMessage.newBuilder();
  }

  private static BitSet units(int... units) {
    BitSet set = new BitSet();
    for (int unit : units) {
      set.set(unit);
    }
    return set;
  }
}
