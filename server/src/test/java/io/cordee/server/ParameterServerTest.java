package io.cordee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.v1.Contribution;
import io.cordee.proto.v1.DataFound;
import io.cordee.proto.v1.Differs;
import io.cordee.proto.v1.Evaluated;
import io.cordee.proto.v1.Failure;
import io.cordee.proto.v1.Finished;
import io.cordee.proto.v1.Goodbye;
import io.cordee.proto.v1.Hello;
import io.cordee.proto.v1.ParameterServerGrpc;
import io.cordee.proto.v1.Permit;
import io.cordee.proto.v1.Prepared;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.Tally;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.server.assembly.FinishedRole;
import io.cordee.server.assembly.LeadRole;
import io.cordee.server.grpc.Absentees;
import io.cordee.server.grpc.Gate;
import io.cordee.server.serving.ParameterServer;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server on the loopback interface, and clients that know the wire contract alone. */
@Timeout(60)
class ParameterServerTest {

  private final List<AutoCloseable> open = new ArrayList<>();
  private final Watcher watcher = new Watcher();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  // ---- a job ----

  @Test
  void aClientWrittenFromTheContractTrainsAJobToItsEnd() throws Exception {
    ParameterServer server = server(2, Duration.ZERO);
    CompletableFuture<Finished> ann = PlainWorker.on(wire(server)).start("ann");
    CompletableFuture<Finished> ben = PlainWorker.on(wire(server)).start("ben");
    Outcome outcome = end(server);
    assertEquals(new Outcome.Completed("completed after 6 rounds"), outcome);
    assertEquals(MadeUpJob.digest(), get(watcher.digest));
    for (CompletableFuture<Finished> each : List.of(ann, ben)) {
      assertTrue(get(each).getCompleted());
      assertEquals(outcome.message(), get(each).getMessage());
    }
  }

  @Test
  void theSameClientsTrainAsynchronously() throws Exception {
    ParameterServer server =
        server(MadeUpJob.job("optimizer.name=nesterov", "mode=async"), 2, Duration.ZERO);
    CompletableFuture<Finished> ann = PlainWorker.on(wire(server)).start("ann");
    CompletableFuture<Finished> ben = PlainWorker.on(wire(server)).start("ben");
    assertEquals(new Outcome.Completed("completed after 6 rounds"), end(server));
    assertTrue(get(ann).getCompleted());
    assertTrue(get(ben).getCompleted());
    assertEquals(1, watcher.warnings.size(), watcher.warnings::toString);
    assertEquals(
        List.of(0, 1, 2, 3, 4, 5, 6), watcher.measured.stream().map(Measurement::round).toList());
    for (Measurement each : watcher.measured) {
      assertEquals(MadeUpJob.PARTITIONS * MadeUpJob.ROWS_PER_PARTITION, each.train().rows());
    }
  }

  @Test
  void theWelcomeCarriesTheJobFullyResolved() throws Exception {
    Wire wire = wire(server(1, Duration.ZERO));
    wire.say(Wire.hello("ann"));
    String yaml = wire.hear().getWelcome().getJob();
    assertEquals(MadeUpJob.job(), JobFile.parse(yaml, "welcome", List.of()));
  }

  @Test
  void whoComesLateIsGreetedAndSentHome() throws Exception {
    ParameterServer server = server(1, Duration.ofMinutes(5));
    get(PlainWorker.on(wire(server)).start("ann"));
    Wire late = wire(server);
    late.greet("late");
    ServerMessage next = late.hear();
    assertEquals(ServerMessage.BodyCase.FINISHED, next.getBodyCase());
    assertTrue(next.getFinished().getCompleted());
    assertFalse(server.end().isDone(), "it lingers");
  }

  @Test
  void whoWasLostAMomentAgoIsWaitedForAtTheEnd() throws Exception {
    ParameterServer server = server(1, Duration.ZERO);
    Wire ben = new Wire(server.port());
    ben.greet("ben");
    long begin = System.nanoTime();
    ben.close();
    assertTrue(get(PlainWorker.on(wire(server)).start("ann")).getCompleted());
    assertInstanceOf(Outcome.Completed.class, end(server));
    Duration stayed = Duration.ofNanos(System.nanoTime() - begin);
    assertTrue(stayed.compareTo(Absentees.RETURN) >= 0, stayed::toString);
  }

  @Test
  void whoComesBackToAJobThatIsOverIsSentHome() throws Exception {
    Outcome outcome = new Outcome.Completed("completed after 6 rounds");
    ParameterServer server = finished(1, outcome);
    for (String name : List.of("ann", "ben")) {
      Wire wire = wire(server);
      assertEquals(name, wire.greet(name));
      Finished finished = wire.hear().getFinished();
      assertTrue(finished.getCompleted());
      assertEquals(outcome.message(), finished.getMessage());
      wire.halfClose();
      assertTrue(wire.end().isOk());
    }
    server.interrupt("it need not wait for others");
    assertEquals(outcome, end(server));
  }

  @Test
  void aShardThatComesBackToAJobThatIsOverTellsItsWorkers() throws Exception {
    Outcome outcome = new Outcome.Completed("completed after 6 rounds");
    ParameterServer lead = finished(2, outcome);
    ParameterServer shard = Loopback.server(Followers.of(lead, watcher));
    open.add(0, shard);
    Wire wire = wire(shard);
    wire.greet("ann");
    assertTrue(wire.hear().getFinished().getCompleted());
    PlainWorker.leave(wire);
    shard.interrupt("it need not wait for others");
    assertEquals(outcome, end(shard));
  }

  private ParameterServer finished(int shards, Outcome outcome) throws Exception {
    ParameterServer server = Loopback.server(new FinishedRole(MadeUpJob.job(), shards, outcome));
    open.add(server);
    return server;
  }

  @Test
  void anInterruptSendsTheWorkersHomeAndDoesNotLinger() throws Exception {
    ParameterServer server = server(1, Duration.ofMinutes(5));
    CompletableFuture<Void> gate = new CompletableFuture<>();
    PlainWorker worker = PlainWorker.behind(gate, wire(server));
    CompletableFuture<Finished> told = worker.start("ann");
    get(worker.leased());
    server.interrupt("interrupted");
    get(watcher.digest);
    gate.complete(null);
    assertFalse(get(told).getCompleted());
    assertEquals(new Outcome.Interrupted("interrupted after 0 rounds"), end(server));
  }

  @Test
  void aLossThatIsNotFiniteEndsTheJobNamingWorkerPartitionsAndRound() throws Exception {
    ParameterServer server = server(1, Duration.ZERO);
    PlainWorker.withLoss(Double.NaN, wire(server)).start("ann");
    Outcome.Failed failed = assertInstanceOf(Outcome.Failed.class, end(server));
    for (String part : List.of("round 1", "ann", "partitions 0 to 0")) {
      assertTrue(failed.message().contains(part), failed::message);
    }
  }

  @Test
  void aWorkerThatFailsIsSentAwayWithItsWordsAndTheJobGoesOn() throws Exception {
    ParameterServer server = server(1, Duration.ZERO);
    Wire wire = wire(server);
    wire.greet("ann");
    wire.say(message().setFailure(Failure.newBuilder().setMessage("train.csv, row 7: no number")));
    assertEquals("train.csv, row 7: no number", wire.end().getDescription());
    assertTrue(get(PlainWorker.on(wire(server)).start("ben")).getCompleted());
    assertEquals(MadeUpJob.digest(), get(watcher.digest));
  }

  @Test
  void whereNobodyElseWillComeTheJobEndsWithTheWordsOfItsLastWorker() throws Exception {
    ParameterServer server = server(1, Duration.ZERO);
    server.expectNoOthers();
    Wire wire = wire(server);
    wire.greet("ann");
    wire.say(message().setFailure(Failure.newBuilder().setMessage("train.csv, row 7: no number")));
    assertEquals(new Outcome.Failed("ann: train.csv, row 7: no number"), end(server));
  }

  @Test
  void aFailureOfAllEndsTheJobWithTheWordsOfAWorkerThatTakesPart() throws Exception {
    ParameterServer server = server(1, Duration.ZERO);
    Wire wire = wire(server);
    PlainWorker worker = PlainWorker.behind(new CompletableFuture<>(), wire);
    worker.start("ann");
    get(worker.leased());
    Failure.Builder failure = Failure.newBuilder().setMessage("not finite").setForAll(true);
    Wire eve = wire(server);
    eve.greet("eve");
    eve.say(message().setFailure(failure));
    assertEquals("not finite", eve.end().getDescription());
    wire.say(message().setFailure(failure));
    PlainWorker.leave(wire);
    assertEquals("ann: not finite", end(server).message());
  }

  @Test
  void workersOfOneNameAreToldApart() throws Exception {
    ParameterServer server = server(1, Duration.ZERO);
    assertEquals("ann", wire(server).greet("ann"));
    assertEquals("ann-3", wire(server).greet("ann-3"));
    assertEquals("ann-2", wire(server).greet("ann"));
    assertEquals("ann-4", wire(server).greet("ann"));
    assertEquals("_-_", wire(server).greet("\u00e9-\n"));
    assertEquals("worker-1", wire(server).greet(""));
    assertEquals(64, wire(server).greet("x".repeat(1000)).length());
  }

  @Test
  void workersWithoutANameAreNumberedByHostAndAFreedNumberIsGivenAgain() throws Exception {
    ParameterServer server = server(1, Duration.ZERO);
    Wire first = wire(server);
    assertEquals("hut-1", greetFrom(first, "hut", ""));
    assertEquals("hut-2", greetFrom(wire(server), "hut", ""));
    assertEquals("tent-1", greetFrom(wire(server), "tent", ""));
    first.halfClose();
    assertTrue(first.end().isOk());
    assertEquals("hut-1", greetFrom(wire(server), "hut", ""));
    assertEquals("hut-7", greetFrom(wire(server), "hut", "hut-7"), "it had that name before");
    assertEquals("hut-3", greetFrom(wire(server), "hut", "hut-1"), "another has that name now");
  }

  private static String greetFrom(Wire wire, String host, String name) {
    WorkerMessage.Builder hello = Wire.hello(name);
    hello.getHelloBuilder().setHost(host);
    wire.say(hello);
    return wire.hear().getWelcome().getName();
  }

  // ---- offences ----

  private static WorkerMessage.Builder message() {
    return WorkerMessage.newBuilder();
  }

  private static WorkerMessage.Builder encoded(Contribution.Encoding encoding) {
    WorkerMessage.Builder message = contribution(0, 1, 1, LAST_CHUNK);
    message.getContributionBuilder().setEncoding(encoding);
    return message;
  }

  private static WorkerMessage.Builder contribution(
      int version, int node, int chunk, ByteString data) {
    return message()
        .setContribution(
            Contribution.newBuilder()
                .setVersion(version)
                .setNode(node)
                .setChunk(chunk)
                .setTally(Tally.newBuilder().setRows(2).setLossSum(1))
                .setData(data));
  }

  private static WorkerMessage.Builder run(int chunk, int chunks, ByteString data) {
    WorkerMessage.Builder message = contribution(0, 1, chunk, data);
    message.getContributionBuilder().setChunks(chunks);
    return message;
  }

  private static WorkerMessage.Builder dataFound(long train, long test) {
    return message().setDataFound(DataFound.newBuilder().setTrainRows(train).setTestRows(test));
  }

  private static WorkerMessage.Builder prepared(int plan) {
    return message().setPrepared(Prepared.newBuilder().setPlan(plan));
  }

  private static WorkerMessage.Builder hello(int protocol, int threads) {
    return message().setHello(Hello.newBuilder().setProtocol(protocol).setThreads(threads));
  }

  private static WorkerMessage.Builder version(String version) {
    WorkerMessage.Builder message = hello(2, 1);
    message.getHelloBuilder().setVersion(version);
    return message;
  }

  private static final int LAST_CHUNK_BYTES = 4 * (17 * 16 + 16 - 256);

  private static final ByteString LAST_CHUNK = ByteString.copyFrom(new byte[LAST_CHUNK_BYTES]);
  private static final WorkerMessage.Builder GREETING = Wire.hello("eve");

  private enum Offence {
    ANOTHER_PROTOCOL(
        Status.Code.FAILED_PRECONDITION,
        " (protocol 2), the worker is of unknown version (protocol 1); run the same version of",
        hello(1, 1)),
    ANOTHER_VERSION(
        Status.Code.FAILED_PRECONDITION,
        "this server is Cordee "
            + Connections.VERSION
            + " (protocol 2), the worker is Cordee 0.0.1 (protocol 2); run the same version of",
        version("0.0.1")),
    ANOTHER_BUILD(
        Status.Code.FAILED_PRECONDITION,
        "run the same version of Cordee on both sides, built from the same commit",
        version(Connections.VERSION.split("\\+")[0] + "+000000000000")),
    NO_THREADS(Status.Code.INVALID_ARGUMENT, "1 to 4096; found 0", hello(2, 0)),
    NO_HELLO(
        Status.Code.FAILED_PRECONDITION,
        "the first message is Hello; found CONTRIBUTION",
        contribution(0, 1, 1, LAST_CHUNK)),
    NOTHING_FIRST(Status.Code.FAILED_PRECONDITION, "the first message is Hello", message()),
    HELLO_TWICE(Status.Code.FAILED_PRECONDITION, "second Hello", GREETING, GREETING),
    NOTHING(Status.Code.INVALID_ARGUMENT, "without a body", GREETING, message()),
    HALF_A_FLOAT(
        Status.Code.INVALID_ARGUMENT,
        "float32; found 5 bytes",
        GREETING,
        contribution(0, 1, 1, ByteString.copyFrom(new byte[5]))),
    NO_SUCH_CHUNK(
        Status.Code.INVALID_ARGUMENT,
        "chunk must be 0 to 1; found 2",
        GREETING,
        contribution(0, 1, 2, LAST_CHUNK)),
    CHUNKS_BEHIND_THE_LAST(
        Status.Code.INVALID_ARGUMENT,
        "chunks must be 1 to 1 from chunk 1 on; found 2",
        GREETING,
        run(1, 2, LAST_CHUNK)),
    FEWER_CHUNKS_THAN_NONE(
        Status.Code.INVALID_ARGUMENT,
        "chunks must be 1 to 2 from chunk 0 on; found -1",
        GREETING,
        run(0, -1, LAST_CHUNK)),
    CHUNKS_OF_ANOTHER_LENGTH(
        Status.Code.INVALID_ARGUMENT,
        "chunks 0 to 1 have 288 floats, in 1152 bytes as float32; found 128 bytes",
        GREETING,
        run(0, 2, LAST_CHUNK)),
    NO_SUCH_NODE(
        Status.Code.INVALID_ARGUMENT,
        "no node 99 in a tree over 5 partitions",
        GREETING,
        contribution(0, 99, 1, LAST_CHUNK)),
    A_VERSION_TO_COME(
        Status.Code.INVALID_ARGUMENT,
        "not been asked for partitions 0 to 4 at version 1",
        GREETING,
        contribution(1, 1, 1, LAST_CHUNK)),
    ANOTHER_LENGTH(
        Status.Code.INVALID_ARGUMENT,
        "chunk 0 has 256 floats, in 1024 bytes as float32; found " + LAST_CHUNK_BYTES + " bytes",
        GREETING,
        contribution(0, 1, 0, LAST_CHUNK)),
    ANOTHER_ENCODING(
        Status.Code.INVALID_ARGUMENT,
        "encoded as float32; found int8",
        GREETING,
        encoded(Contribution.Encoding.INT8)),
    TOO_LARGE(
        Status.Code.RESOURCE_EXHAUSTED,
        "at most 1114112 bytes; found 20971",
        GREETING,
        contribution(0, 1, 0, ByteString.copyFrom(new byte[2 << 20]))),
    NOT_ITS_PARTITIONS(
        Status.Code.INVALID_ARGUMENT,
        "not been asked for partitions 0 to 4 at version 0",
        GREETING,
        contribution(0, 1, 1, LAST_CHUNK)),
    NOT_ITS_SLICE(
        Status.Code.INVALID_ARGUMENT,
        "not been asked for slices 3 to 3 at version 0",
        GREETING,
        message().setEvaluated(Evaluated.newBuilder().setSlice(3))),
    A_SLICE_BEFORE_THE_FIRST(
        Status.Code.INVALID_ARGUMENT,
        "slices count from 0; found -1",
        GREETING,
        message().setEvaluated(Evaluated.newBuilder().setSlice(-1))),
    NO_ROWS(
        Status.Code.INVALID_ARGUMENT,
        "training rows must be 1 to 4398046511104; found 0",
        GREETING,
        message().setDataFound(DataFound.newBuilder().setTestRows(3))),
    ROWS_PAST_COUNTING(
        Status.Code.INVALID_ARGUMENT,
        "test rows must be 0 to 4398046511104; found " + Long.MAX_VALUE,
        GREETING,
        dataFound(10, Long.MAX_VALUE)),
    FEWER_ROWS_THAN_PARTITIONS(
        Status.Code.INVALID_ARGUMENT, "as many training rows; found 4", GREETING, dataFound(4, 3)),
    TOO_MANY_CHECKSUMS(
        Status.Code.INVALID_ARGUMENT,
        "expected RowChecksums before DataFound, 8 in all: one for each of 5 partitions and 3 slices;"
            + " found 9",
        GREETING,
        Wire.rowChecksums(1),
        dataFound(10, 3)),
    CHECKSUMS_WITHOUT_END(
        Status.Code.INVALID_ARGUMENT,
        "at most one checksum of rows for each of 5 partitions and their slices; found 16",
        GREETING,
        Wire.rowChecksums(15),
        Wire.rowChecksums(1)),
    NO_TEST_ROWS(
        Status.Code.INVALID_ARGUMENT, "the job has test rows; found 0", GREETING, dataFound(10, 0)),
    NAMES_WITHOUT_END(
        Status.Code.INVALID_ARGUMENT,
        "names of columns take at most 32768 characters; found 32769",
        GREETING,
        message()
            .setDataFound(
                DataFound.newBuilder()
                    .setTrainRows(10)
                    .setTestRows(3)
                    .setColumns("x".repeat(32_769)))),
    DATA_TWICE(
        Status.Code.INVALID_ARGUMENT,
        "already reported its data",
        GREETING,
        dataFound(10, 3),
        dataFound(10, 3)),
    PREPARED_FOR_NOTHING(
        Status.Code.INVALID_ARGUMENT,
        "no plan 1 that it could be prepared for",
        GREETING,
        prepared(1)),
    PREPARED_FOR_A_PLAN_TO_COME(
        Status.Code.INVALID_ARGUMENT,
        "no plan 77 that it could be prepared for",
        GREETING,
        dataFound(10, 3),
        prepared(77)),
    A_PERMIT_FOR_THE_LEAD(
        Status.Code.INVALID_ARGUMENT,
        "a permit is for the shards other than 0",
        GREETING,
        message().setPermit(Permit.getDefaultInstance())),
    DIFFERS_WITHOUT_A_REPLICA(
        Status.Code.INVALID_ARGUMENT,
        "not been sent any chunk that could differ",
        GREETING,
        message().setDiffers(Differs.newBuilder().setChunk(1))),
    A_FAILURE_THAT_IS_NONE_OF_THE_TEAMS(
        Status.Code.INVALID_ARGUMENT,
        "no _disk",
        GREETING,
        message().setFailure(Failure.newBuilder().setMessage("no\r\n\u001bdisk"))),
    OTHER_DATA(
        Status.Code.INVALID_ARGUMENT,
        "expected 10 training and 3 test rows in train.csv and test.csv; found 9 training and 3 test rows",
        GREETING,
        message().setDataFound(DataFound.newBuilder().setTrainRows(9).setTestRows(3)));

    final Status.Code code;
    final String words;
    final List<WorkerMessage.Builder> said;

    Offence(Status.Code code, String words, WorkerMessage.Builder... said) {
      this.code = code;
      this.words = words;
      this.said = List.of(said);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anOffenceEndsItsStreamAndNothingElse(Offence offence) throws Exception {
    ParameterServer server = server(1, Duration.ZERO);
    CompletableFuture<Void> gate = new CompletableFuture<>();
    PlainWorker good = PlainWorker.behind(gate, wire(server));
    CompletableFuture<Finished> goodEnd = good.start("ann");
    get(good.leased());

    Wire eve = wire(server);
    offence.said.forEach(eve::say);
    Status status = eve.end();
    assertEquals(offence.code, status.getCode(), status::toString);
    assertTrue(status.getDescription().contains(offence.words), status::toString);

    gate.complete(null);
    assertInstanceOf(Outcome.Completed.class, end(server));
    assertEquals(MadeUpJob.digest(), get(watcher.digest));
    assertTrue(get(goodEnd).getCompleted());
  }

  @Test
  void aMessageOutOfAllProportionIsNotEvenRead() throws Exception {
    ParameterServer server = server(1, Duration.ZERO);
    Wire eve = wire(server);
    eve.greet("eve");
    eve.say(contribution(0, 1, 0, ByteString.copyFrom(new byte[8 << 20])));
    assertFalse(eve.end().isOk());
    assertTrue(get(PlainWorker.on(wire(server)).start("ann")).getCompleted());
    assertEquals(MadeUpJob.digest(), get(watcher.digest));
  }

  @Test
  void whoIsCutOffInTheMiddleOfARoundIsReplaced() throws Exception {
    ParameterServer server = server(2, Duration.ZERO);
    Wire cut = wire(server);
    PlainWorker first = PlainWorker.behind(new CompletableFuture<>(), cut);
    first.start("ann");
    CompletableFuture<Finished> ben = PlainWorker.on(wire(server)).start("ben");
    get(first.leased());
    cut.close();
    assertTrue(get(ben).getCompleted());
    assertEquals(MadeUpJob.digest(), get(watcher.digest));
  }

  @Test
  void whoNeverReadsAndHoldsNoLeaseStopsNobody() throws Exception {
    ParameterServer server = server(1, Duration.ZERO);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    open.add(channel::shutdownNow);
    StreamObserver<WorkerMessage> deaf =
        ParameterServerGrpc.newStub(channel).train(new NeverReads());
    CompletableFuture<Void> gate = new CompletableFuture<>();
    PlainWorker good = PlainWorker.behind(gate, wire(server));
    CompletableFuture<Finished> told = good.start("ann");
    get(good.leased());
    deaf.onNext(Wire.hello("deaf").build());
    deaf.onNext(Wire.rowChecksums(MadeUpJob.PARTITIONS + MadeUpJob.TEST_ROWS).build());
    deaf.onNext(
        message()
            .setDataFound(
                DataFound.newBuilder()
                    .setTrainRows(MadeUpJob.PARTITIONS * MadeUpJob.ROWS_PER_PARTITION)
                    .setTestRows(MadeUpJob.TEST_ROWS))
            .build());
    gate.complete(null);
    assertTrue(get(told).getCompleted());
    assertEquals(MadeUpJob.digest(), get(watcher.digest));
    deaf.onNext(message().setGoodbye(Goodbye.getDefaultInstance()).build());
    assertInstanceOf(Outcome.Completed.class, end(server));
  }

  private static final class NeverReads
      implements ClientResponseObserver<WorkerMessage, ServerMessage> {

    @Override
    public void beforeStart(ClientCallStreamObserver<WorkerMessage> stream) {
      stream.disableAutoRequestWithInitial(0);
    }

    @Override
    public void onNext(ServerMessage message) {
      throw new AssertionError("nothing was asked for");
    }

    @Override
    public void onError(Throwable cause) {}

    @Override
    public void onCompleted() {}
  }

  // ---- services ----

  @Test
  void itsHealthIsServing() throws Exception {
    assertEquals(
        ServingStatus.SERVING,
        HealthGrpc.newBlockingStub(channel(server(1, Duration.ZERO)))
            .withDeadlineAfter(Duration.ofSeconds(20))
            .check(HealthCheckRequest.getDefaultInstance())
            .getStatus());
  }

  @Test
  void reflectionListsTheService() throws Exception {
    List<String> names =
        Heard.services(channel(server(1, Duration.ZERO)))
            .next()
            .getListServicesResponse()
            .getServiceList()
            .stream()
            .map(ServiceResponse::getName)
            .toList();
    assertTrue(names.contains("cordee.v1.ParameterServer"), names::toString);
  }

  // ---- closing ----

  @Test
  void closingLeavesNoThreadAndFreesThePort() throws Exception {
    ParameterServer server = server(2, Duration.ZERO);
    int port = server.port();
    Wire wire = wire(server);
    wire.greet("ann");
    server.interrupt("interrupted");
    assertEquals(ServerMessage.BodyCase.FINISHED, wire.hear().getBodyCase());
    List<Thread> threads = serverThreads();
    assertFalse(threads.isEmpty());
    server.close();
    for (Thread thread : threads) {
      thread.join(20_000);
      assertFalse(thread.isAlive());
    }
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket again = new ServerSocket(port, 1, loopback)) {
      assertEquals(port, again.getLocalPort());
    }
    assertFalse(wire.end().isOk());
  }

  @Test
  void whoWaitsForTheEndOfAServerThatIsClosedIsTold() throws Exception {
    ParameterServer server = server(1, Duration.ZERO);
    server.close();
    assertInstanceOf(Outcome.Interrupted.class, end(server));
    server.interrupt("too late");
  }

  @Test
  void anAddressThatIsTakenIsRefused() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket taken = new ServerSocket(0, 1, loopback)) {
      var address = new InetSocketAddress(loopback, taken.getLocalPort());
      LeadRole role = Loopback.lead(MadeUpJob.job(), 1, 1, watcher);
      assertThrows(
          IOException.class, () -> ParameterServer.start(address, Gate.OPEN, Duration.ZERO, role));
    }
  }

  private static List<Thread> serverThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("server"))
        .toList();
  }

  // ---- helpers ----

  private ParameterServer server(int minWorkers, Duration linger)
      throws IOException, InterruptedException {
    return server(MadeUpJob.job(), minWorkers, linger);
  }

  private ParameterServer server(Job job, int minWorkers, Duration linger)
      throws IOException, InterruptedException {
    ParameterServer server =
        ParameterServer.start(
            Loopback.ANY_PORT, Gate.OPEN, linger, Loopback.lead(job, 1, minWorkers, watcher));
    open.add(server);
    return server;
  }

  /** Closed before the server, which then need not wait for it. */
  private Wire wire(ParameterServer server) {
    Wire wire = new Wire(server.port());
    open.add(0, wire);
    return wire;
  }

  private ManagedChannel channel(ParameterServer server) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    open.add(0, channel::shutdownNow);
    return channel;
  }

  private static Outcome end(ParameterServer server) throws Exception {
    return get(server.end());
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }
}
