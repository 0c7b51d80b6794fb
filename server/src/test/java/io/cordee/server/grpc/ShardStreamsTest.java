package io.cordee.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.reduce.Chunks;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.v1.Heartbeat;
import io.cordee.proto.v1.LeadMessage;
import io.cordee.proto.v1.ShardHello;
import io.cordee.proto.v1.ShardMessage;
import io.cordee.proto.v1.ShardStepped;
import io.cordee.server.checkpoint.KeptVersion;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShardStreamsTest {

  private static final String JOB = "a job";
  private static final String RUN = "0123456789abcdef";
  private static final String ROWS = "8 training rows, checksum 1";
  private static final int START = 50;

  /** Runs tasks at once, and delayed ones only when the test does. */
  private static final class Later extends ScheduledThreadPoolExecutor {

    private final List<Runnable> afterAWhile = new ArrayList<>();

    Later() {
      super(1);
    }

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      afterAWhile.add(task);
      return null;
    }
  }

  private final Later later = new Later();

  private final ShardStreams shards =
      new ShardStreams(
          JOB,
          RUN,
          2,
          ShardMessageReaderTest.vector(new Chunks(20, 10, 1)),
          Optional.empty(),
          JOB::equals,
          later);

  /** Events passed to the training. */
  private int asked;

  private void begin() {
    shards.begin(START, event -> asked++);
  }

  private static ShardHello.Builder hello(int... versions) {
    ShardHello.Builder hello =
        ShardHello.newBuilder()
            .setProtocol(Connections.PROTOCOL)
            .setShard(1)
            .setShards(2)
            .setJob(JOB);
    for (int version : versions) {
      hello.addKept(kept(version, RUN, ROWS));
    }
    return hello;
  }

  private static List<KeptVersion> own(int... versions) {
    return IntStream.of(versions).mapToObj(version -> new KeptVersion(version, RUN, ROWS)).toList();
  }

  private static io.cordee.proto.v1.KeptVersion.Builder kept(int version, String run, String rows) {
    return io.cordee.proto.v1.KeptVersion.newBuilder()
        .setVersion(version)
        .setRun(run)
        .setRows(rows);
  }

  private Heard say(ShardHello.Builder hello) {
    return say(ShardMessage.newBuilder().setHello(hello));
  }

  private Heard say(ShardMessage.Builder first) {
    Heard heard = new Heard();
    heard.toLead = shards.open(heard);
    heard.toLead.onNext(first.build());
    return heard;
  }

  @Test
  void oneHelloComesFirst() {
    Heard hasty = say(ShardMessage.newBuilder().setStepped(ShardStepped.getDefaultInstance()));
    assertEquals(Optional.of(Status.Code.FAILED_PRECONDITION), hasty.end);
    assertTrue(hasty.why.contains("a shard's hello; found STEPPED"), hasty.why);

    Heard twice = say(hello(START));
    twice.toLead.onNext(ShardMessage.newBuilder().setHello(hello(START)).build());
    assertEquals(Optional.of(Status.Code.FAILED_PRECONDITION), twice.end);
    assertTrue(twice.why.contains("second hello"), twice.why);
  }

  @Test
  void theLatestVersionThatAllHaveKeptIsWhereTheyBegin() throws Exception {
    Heard early = say(hello(40, START));
    assertEquals(START, shards.agree(own(30, 45, START, 60), Duration.ZERO));
    assertEquals(List.of(), early.messages, "shard 0 is not there yet");
    assertEquals(Optional.empty(), shards.addresses());

    begin();
    assertEquals(START, early.welcomed().getWelcome().getVersion());
    assertEquals(shards.seal.key, early.welcomed().getWelcome().getKey());
    assertEquals(Optional.empty(), early.end);
  }

  @Test
  void aShardWithCheckpointsOfAnotherRunIsRefused() {
    Heard otherRun = say(hello(START).setKept(0, kept(START, "another", ROWS)));
    List<KeptVersion> own = own(30, 45, START, 60);
    TimeoutException waited =
        assertThrows(TimeoutException.class, () -> shards.agree(own, Duration.ZERO));
    assertEquals(Optional.of(Status.Code.FAILED_PRECONDITION), otherRun.end);
    String reason =
        "the checkpoints of shard 1 are of another run: expected run %s on %s; found run another on"
            .formatted(RUN, ROWS);
    assertTrue(waited.getMessage().contains(reason), waited::getMessage);

    Heard otherRows = say(hello(START).setKept(0, kept(START, RUN, "9 training rows")));
    assertThrows(TimeoutException.class, () -> shards.agree(own, Duration.ZERO));
    assertEquals(Optional.of(Status.Code.FAILED_PRECONDITION), otherRows.end);
  }

  @Test
  void versionsThatAnEarlierRunLeftInTheFolderAreNoCandidates() throws Exception {
    Heard reused = say(hello(40, 45).addKept(kept(60, "another", ROWS)));
    assertEquals(45, shards.agree(own(30, 45, START, 60), Duration.ZERO));
    shards.begin(45, event -> asked++);
    assertEquals(45, reused.welcomed().getWelcome().getVersion());
    assertEquals(RUN, reused.welcomed().getWelcome().getRun());
  }

  @Test
  void aNewRunBeginsAtTheStartWhateverAFolderHolds() throws Exception {
    Heard reused = say(hello(START).setKept(0, kept(START, "another", ROWS)));
    assertEquals(0, shards.agree(List.of(), Duration.ZERO));
    shards.begin(0, event -> asked++);
    assertEquals(0, reused.welcomed().getWelcome().getVersion());
  }

  @Test
  void whoeverLeavesEarlyIsWaitedForAgain() throws Exception {
    Heard early = say(hello(40, START));
    early.toLead.onCompleted();
    assertThrows(TimeoutException.class, () -> shards.agree(List.of(), Duration.ZERO));

    Heard hasty = say(hello(40, START));
    hasty.toLead.onNext(
        ShardMessage.newBuilder().setStepped(ShardStepped.getDefaultInstance()).build());
    assertEquals(Optional.of(Status.Code.FAILED_PRECONDITION), hasty.end);
    assertThrows(TimeoutException.class, () -> shards.agree(List.of(), Duration.ZERO));
  }

  /** Killed, and its file torn, before it began there. */
  @Test
  void aShardThatHasTheVersionNoMoreMakesAllAgreeAnew() {
    begin();
    for (ShardHello.Builder hello :
        List.of(hello(40, 49), hello(60, 70), hello(40, START, 55).setJob("another job"))) {
      asked = 0;
      Heard heard = say(hello);
      assertEquals(Optional.of(Status.Code.UNAVAILABLE), heard.end);
      assertEquals(1, asked);
    }
  }

  /** This shard may have deleted the job's first version since; all have to meet anew. */
  @Test
  void aShardThatComesBackWhileTheJobIsUnderWayIsToldToComeAgain() {
    begin();
    Heard before = say(hello(40, START, 55));
    shards.apply(START, OptionalDouble.empty(), 1, 1, false);

    for (ShardHello.Builder hello : List.of(hello(60, 70), hello(40, START, 55))) {
      Heard heard = say(hello);
      assertEquals(List.of(), heard.messages);
      assertEquals(Optional.of(Status.Code.UNAVAILABLE), heard.end);
    }
    assertTrue(before.messages.get(before.messages.size() - 1).hasRollCall());
    assertEquals(Optional.empty(), before.end);

    later.afterAWhile.forEach(Runnable::run);
    assertEquals(Optional.of(Status.Code.UNAVAILABLE), before.end);
    assertEquals(1, asked, "that its former connection is lost, is told once");
  }

  @Test
  void aShardThatAnswersItsRollCallStaysWhoeverComesUnderItsNumber() {
    begin();
    Heard before = say(hello(40, START, 55));
    shards.apply(START, OptionalDouble.empty(), 1, 1, false);

    Heard impostor = say(hello(60, 70));
    before.toLead.onNext(
        ShardMessage.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build());
    later.afterAWhile.forEach(Runnable::run);

    assertEquals(Optional.of(Status.Code.UNAVAILABLE), impostor.end);
    assertEquals(Optional.empty(), before.end);
    assertEquals(0, asked);
  }

  /** It has the whole time for each roll call, however soon the next follows. */
  @Test
  void theTimeOfAnAnsweredRollCallDoesNotEndTheNext() {
    begin();
    Heard before = say(hello(40, START, 55));
    say(hello(40, START, 55));
    before.toLead.onNext(
        ShardMessage.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build());
    say(hello(40, START, 55));

    later.afterAWhile.get(0).run();
    assertEquals(Optional.empty(), before.end);

    later.afterAWhile.get(1).run();
    assertEquals(Optional.of(Status.Code.UNAVAILABLE), before.end);
  }

  /** Keepalive would notice it only after most of a minute. */
  @Test
  void beforeTheFirstRoundTooTheFormerConnectionHasToAnswerARollCall() {
    begin();
    Heard dead = say(hello(40, START, 55));
    assertEquals(Optional.of(Status.Code.ALREADY_EXISTS), say(hello(40, START, 55)).end);
    later.afterAWhile.forEach(Runnable::run);
    assertEquals(Optional.of(Status.Code.UNAVAILABLE), dead.end);

    Heard back = say(hello(40, START, 55));
    assertTrue(back.welcomed().hasWelcome());
    say(hello(40, START, 55));
    back.toLead.onNext(
        ShardMessage.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build());
    later.afterAWhile.forEach(Runnable::run);
    assertEquals(Optional.empty(), back.end);
  }

  private static final class Heard extends ServerCallStreamObserver<LeadMessage> {

    private final List<LeadMessage> messages = new ArrayList<>();
    private Optional<Status.Code> end = Optional.empty();
    private String why = "";
    private StreamObserver<ShardMessage> toLead;

    LeadMessage welcomed() {
      assertEquals(1, messages.size());
      return messages.get(0);
    }

    @Override
    public void onNext(LeadMessage message) {
      messages.add(message);
    }

    @Override
    public void onError(Throwable cause) {
      Status status = Status.fromThrowable(cause);
      end = Optional.of(status.getCode());
      why = status.getDescription();
    }

    @Override
    public void onCompleted() {
      end = Optional.of(Status.Code.OK);
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setOnCloseHandler(Runnable handler) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void disableAutoInboundFlowControl() {}
  }
}
