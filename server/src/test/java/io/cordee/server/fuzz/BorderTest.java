package io.cordee.server.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cordee.proto.connection.Connections;
import io.cordee.proto.v1.Contribution;
import io.cordee.proto.v1.Differs;
import io.cordee.proto.v1.Failure;
import io.cordee.proto.v1.Goodbye;
import io.cordee.proto.v1.Holds;
import io.cordee.proto.v1.Permit;
import io.cordee.proto.v1.Prepared;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.proto.v1.ShardChunk;
import io.cordee.proto.v1.ShardHello;
import io.cordee.proto.v1.ShardMessage;
import io.cordee.proto.v1.ShardSquares;
import io.cordee.proto.v1.ShardStepped;
import io.cordee.proto.v1.Tally;
import io.cordee.proto.v1.WorkerMessage;
import io.cordee.server.Followers;
import io.cordee.server.Loopback;
import io.cordee.server.MadeUpJob;
import io.cordee.server.PlainWorker;
import io.cordee.server.Watcher;
import io.cordee.server.Wire;
import io.cordee.server.fuzz.HostileStream.Reading;
import io.cordee.server.serving.ParameterServer;
import io.grpc.CallOptions;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the attacks have found, and cases that they cannot reach. */
@Timeout(60)
class BorderTest {

  private static final String TRAIN = "cordee.v1.ParameterServer/Train";
  private static final int ROWS = MadeUpJob.PARTITIONS * MadeUpJob.ROWS_PER_PARTITION;
  private static final String FOLLOW = "cordee.v1.ParameterServer/Follow";

  /** A contribution that ends in the middle of its data. */
  private static final byte[] NO_MESSAGE = {0x22, 100, 0x7a, 90, 1, 2, 3};

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  // ---- bytes ----

  @Test
  void whatIsNoMessageIsRefusedAndNoFailureOfTheServer() throws Exception {
    for (String method : List.of(TRAIN, FOLLOW)) {
      HostileStream stream = stream(lead(method.equals(TRAIN) ? 1 : 2), method);
      stream.say(NO_MESSAGE);
      assertRefused(
          Status.Code.INVALID_ARGUMENT,
          method.equals(TRAIN) ? "not a message of this contract" : "Invalid protobuf",
          stream);
    }
  }

  @Test
  void whatIsPackedIsRefused() throws Exception {
    HostileStream stream =
        channels(lead(1)).open(TRAIN, Reading.ALWAYS, CallOptions.DEFAULT.withCompression("gzip"));
    stream.say(Forge.hello("packed"));
    assertEquals(Status.Code.UNIMPLEMENTED, stream.end().getCode());
  }

  // ---- invalid shards ----

  @Test
  void aShardThatIsRefusedGivesItsPlaceBack() throws Exception {
    ParameterServer lead = lead(2);
    for (ShardMessage.Builder offence :
        List.of(
            ShardMessage.newBuilder().setStepped(ShardStepped.newBuilder().setVersion(5)),
            ShardMessage.newBuilder()
                .setStepped(ShardStepped.newBuilder().addChecksums(1).addChecksums(2)),
            ShardMessage.newBuilder().setSquares(ShardSquares.newBuilder().addSquares(1)),
            chunk(1, Forge.LAST_CHUNK_BYTES),
            chunk(0, 0),
            ShardMessage.newBuilder())) {
      HostileStream shard = stream(lead, FOLLOW);
      shard.say(hello().build());
      shard.say(offence.build());
      Status status = shard.end();
      assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode(), status::toString);
    }
    HostileStream twice = stream(lead, FOLLOW);
    twice.say(hello().build());
    twice.say(hello().build());
    assertRefused(Status.Code.FAILED_PRECONDITION, "second hello", twice);
    // A real one still finds its place, and the whole job.
    assertTrue(follower(lead).port() > 0);
    assertTrue(!lead.end().isDone(), "the job goes on");
  }

  private static ShardMessage.Builder chunk(int version, int bytes) {
    ByteString data = ByteString.copyFrom(new byte[bytes]);
    return ShardMessage.newBuilder()
        .setChunk(ShardChunk.newBuilder().setVersion(version).setChunk(1).setData(data));
  }

  private static ShardMessage.Builder hello() {
    return ShardMessage.newBuilder()
        .setHello(
            ShardHello.newBuilder().setProtocol(Connections.PROTOCOL).setShard(1).setShards(2));
  }

  // ---- a worker's stream to a shard that does not lead ----

  @Test
  void aShardThatDoesNotLeadBelievesOnlyWhomShard0HasLeasedAPartition() throws Exception {
    ParameterServer lead = lead(2);
    ParameterServer shard = follower(lead);
    Member ann = join(lead, shard, "ann");
    WorkerMessage.Builder differs = Forge.message().setDiffers(Differs.newBuilder().setChunk(1));

    assertOffence(shard, "has not been asked for partitions", contribution(0, ROWS, 1));
    assertOffence(shard, "has not been sent any chunk", differs);
    assertOffence(shard, "that shard 0 gave eve", Forge.message().setPermit(ann.permit));
    ByteString sealed = ann.permit.getSealed();
    byte[] changed = sealed.toByteArray();
    changed[changed.length - 1] ^= 1;
    for (ByteString forged :
        List.of(
            ByteString.EMPTY,
            ByteString.copyFrom(changed),
            ByteString.copyFrom(new byte[32]).concat(sealed.substring(32)))) {
      HostileStream again = stream(shard, TRAIN);
      again.say(Forge.hello("ann"));
      again.say(Forge.message().setPermit(Permit.newBuilder().setSealed(forged)));
      assertRefused(Status.Code.INVALID_ARGUMENT, "that shard 0 gave ann", again);
    }
    assertTrue(!lead.end().isDone(), "the job goes on");

    ann.shard.say(contribution(1, ROWS, 1));
    assertRefused(Status.Code.INVALID_ARGUMENT, "at version 1", ann.shard);
  }

  @Test
  void aShardThatDoesNotLeadKnowsHowManyRowsThereAre() throws Exception {
    ParameterServer lead = lead(2);
    Member ann = join(lead, follower(lead), "ann");
    ann.shard.say(contribution(0, ROWS - 1, 1));
    assertRefused(Status.Code.INVALID_ARGUMENT, "a tally of 10 rows is expected", ann.shard);
    assertTrue(!lead.end().isDone(), "the job goes on");
  }

  @Test
  void whoseSumsAreNotFiniteIsNamedByAnyShard() throws Exception {
    WorkerMessage.Builder sum = contribution(0, ROWS, 1);
    float[] values = new float[Forge.LAST_CHUNK_BYTES / Float.BYTES];
    values[3] = Float.NaN;
    sum.getContributionBuilder().setData(PlainWorker.bytes(values));
    Map.of(
            contribution(0, ROWS, Double.NaN),
            "the loss over partitions 0 to 4, from ann, is not",
            sum,
            "the sum over partitions 0 to 4, from ann, is not finite in layer1.weight, parameter 259")
        .forEach(this::assertNamed);
  }

  private void assertNamed(WorkerMessage.Builder notFinite, String words) {
    try {
      ParameterServer lead = lead(2);
      Member ann = join(lead, follower(lead), "ann");
      ann.shard.say(notFinite);
      ann.leave();
      String found = lead.end().get(20, TimeUnit.SECONDS).message();
      assertTrue(found.startsWith("shard 1: round 1: " + words), found);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static WorkerMessage.Builder contribution(int version, int rows, double loss) {
    return Forge.message()
        .setContribution(
            Contribution.newBuilder()
                .setVersion(version)
                .setNode(1)
                .setChunk(1)
                .setTally(Tally.newBuilder().setRows(rows).setLossSum(loss))
                .setData(ByteString.copyFrom(new byte[Forge.LAST_CHUNK_BYTES])));
  }

  /** A worker that has been leased every partition. */
  private record Member(HostileStream lead, HostileStream shard, Permit permit) {

    /** Once the job is over; the server need not wait for it. */
    void leave() throws Exception {
      while (!lead.hear(20_000).orElseThrow().hasFinished()) {}
      for (HostileStream stream : List.of(lead, shard)) {
        stream.say(Forge.message().setGoodbye(Goodbye.getDefaultInstance()));
      }
    }
  }

  private Member join(ParameterServer lead, ParameterServer shard, String name) throws Exception {
    Wire.awaitOpen(lead.port()); // the shards are there
    HostileStream toLead = stream(lead, TRAIN);
    HostileStream toShard = stream(shard, TRAIN);
    toLead.say(Forge.hello(name));
    toLead.say(Wire.rowChecksums(MadeUpJob.PARTITIONS + MadeUpJob.TEST_ROWS));
    toLead.say(Forge.dataFound());
    toShard.say(Forge.hello(name));
    Permit last = Permit.getDefaultInstance();
    for (; ; ) {
      ServerMessage heard = toLead.hear(20_000).orElseThrow();
      if (heard.hasPrepare()) {
        int plan = heard.getPrepare().getPlan();
        toLead.say(Forge.message().setPrepared(Prepared.newBuilder().setPlan(plan)));
      } else if (heard.hasPermit()) {
        last = heard.getPermit();
        toShard.say(Forge.message().setPermit(last));
      } else if (heard.hasLease()) {
        return new Member(toLead, toShard, last);
      }
    }
  }

  @Test
  void aFailureThatIsToldToAShardThatDoesNotLeadEndsNoJob() throws Exception {
    ParameterServer lead = lead(2);
    assertOffence(
        follower(lead),
        "is for shard 0",
        Forge.message().setFailure(Failure.newBuilder().setMessage("no disk")));
    assertTrue(!lead.end().isDone(), "the job goes on");
  }

  private void assertOffence(ParameterServer server, String words, WorkerMessage.Builder message)
      throws Exception {
    HostileStream stream = stream(server, TRAIN);
    stream.say(Forge.hello("eve"));
    stream.say(message);
    assertRefused(Status.Code.INVALID_ARGUMENT, words, stream);
  }

  // ---- rows of a table ----

  @Test
  void whoOnlySaysHelloHoldsNoRowsOfATable() throws Exception {
    ParameterServer lead =
        Loopback.server(
            Loopback.lead(
                MadeUpJob.job(
                    "model={layers: [50000, 4, 1], output: sigmoid, sparse: true}",
                    "data.train={format: libsvm, file: a.svm, classes: ['0', '1']}",
                    "data.test={format: libsvm, file: a.svm, classes: ['0', '1']}"),
                2,
                1,
                new Watcher()));
    open.add(lead);
    ParameterServer shard = follower(lead);
    Wire.awaitOpen(lead.port());
    Member ann = join(lead, shard, "ann");
    for (ParameterServer server : List.of(lead, shard)) {
      HostileStream eve = stream(server, TRAIN);
      eve.say(Forge.hello("eve"));
      eve.say(holds());
      assertRefused(Status.Code.FAILED_PRECONDITION, "send Holds after Prepare", eve);
    }
    for (HostileStream stream : List.of(ann.lead, ann.shard)) {
      stream.say(holds());
      while (stream.hear(20_000).orElseThrow().getParameters().getHolding() != 1) {}
    }
    assertTrue(!lead.end().isDone(), "the job goes on");
  }

  private static WorkerMessage.Builder holds() {
    return Forge.message().setHolds(Holds.newBuilder().setNumber(1).addSteps(7).addSteps(49_000));
  }

  // ---- helpers ----

  private static void assertRefused(Status.Code code, String words, HostileStream stream)
      throws Exception {
    Status status = stream.end();
    assertEquals(code, status.getCode(), status::toString);
    assertTrue(status.getDescription().contains(words), status::toString);
  }

  private HostileStream stream(ParameterServer server, String method) {
    return channels(server).open(method, Reading.ALWAYS, CallOptions.DEFAULT);
  }

  private Channels channels(ParameterServer server) {
    Channels channels = new Channels(server.port());
    open.add(0, channels);
    return channels;
  }

  private ParameterServer lead(int shards) throws Exception {
    ParameterServer lead =
        Loopback.server(Loopback.lead(MadeUpJob.job(), shards, 1, new Watcher()));
    open.add(lead);
    return lead;
  }

  private ParameterServer follower(ParameterServer lead) throws Exception {
    ParameterServer follower = Loopback.server(Followers.of(lead, new Watcher()));
    open.add(0, follower);
    return follower;
  }
}
