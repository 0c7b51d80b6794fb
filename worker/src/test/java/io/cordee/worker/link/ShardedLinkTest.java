package io.cordee.worker.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Holding;
import io.cordee.common.reduce.Shard;
import io.cordee.common.wire.Uplink;
import io.cordee.function.Sums;
import io.cordee.proto.message.JobEnd;
import io.cordee.proto.message.ServerSays;
import io.cordee.proto.message.WorkerSays;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two shards in memory as one server. */
@Timeout(60)
class ShardedLinkTest {

  /** Sixteen chunks, of which ten fit into a message. */
  private static final String JOB =
      "{name: made-up, model: {layers: [64, 1000, 10]}, data: digits, partitions: 8}";

  private static final Contribution SUMS =
      new Contribution(
          3,
          1,
          new Tally(1, 1, 0, 0),
          new Sums(75_010, 1),
          Uplink.FLOAT32,
          Holding.all(Chunks.of(75_010, 1)));

  private final FakeServer lead = new FakeServer();
  private final FakeServer other = new FakeServer();
  private final ShardedLink link = new ShardedLink(lead, 0, welcome -> List.of(other));

  private void greet() {
    lead.say(new ServerSays.Welcome("ann", JOB, new Shard(0, 2), List.of()));
    other.say(new ServerSays.Welcome("ann", JOB, new Shard(1, 2), List.of()));
    link.send(new WorkerSays.Hello("ann", 2));
    assertEquals("ann", ((ServerSays.Welcome) link.receive()).name());
  }

  @Test
  void neighboursOfAShardShareAMessageAndShardsTakeTurns() {
    greet();
    link.contribute(SUMS);
    assertEquals(List.of("hello ann 2", "contribution 0+8"), lead.heard);
    assertEquals(List.of("hello ann 2", "contribution 8+8"), other.heard);
  }

  /** So that workers beside each shard do not all send to the same one at a time. */
  @Test
  void whoIsBesideAShardBeginsWithTheNext() {
    List<String> order = new ArrayList<>();
    List<ServerLink> servers =
        IntStream.range(0, 3).<ServerLink>mapToObj(number -> noting(order, number)).toList();
    for (int number = 0; number < 3; number++) {
      ((FakeServer) servers.get(number))
          .say(new ServerSays.Welcome("ann", JOB, new Shard(number, 3), List.of()));
    }
    ShardedLink beside =
        new ShardedLink(servers.get(0), 1, welcome -> servers.subList(1, servers.size()));
    beside.send(new WorkerSays.Hello("ann", 2));
    beside.contribute(SUMS);
    assertEquals(List.of("2", "0", "1"), order);
  }

  @Test
  void whatShard0PermitsIsHandedOnBeforeTheLeaseIsHeardAndUnderTheNameThatShard0Knows() {
    lead.say(new ServerSays.Welcome("ann-2", JOB, new Shard(0, 2), List.of()));
    other.say(new ServerSays.Welcome("ann-2", JOB, new Shard(1, 2), List.of()));
    link.send(new WorkerSays.Hello("ann", 2));
    lead.say(new ServerSays.Permit(ByteBuffer.wrap(new byte[] {7}).asReadOnlyBuffer()));
    lead.say(new ServerSays.Lease(0, new BitSet()));
    assertEquals("ann-2", ((ServerSays.Welcome) link.receive()).name());
    assertEquals(new ServerSays.Lease(0, new BitSet()), link.receive());
    assertEquals(List.of("hello ann 2"), lead.heard);
    assertEquals(List.of("hello ann-2 2", "permit 7"), other.heard);
  }

  private static FakeServer noting(List<String> order, int number) {
    return new FakeServer() {
      @Override
      public void contribute(Contribution whole, int first, int count) {
        order.add(String.valueOf(number));
      }
    };
  }

  @Test
  void aShardThatIsLostIsALostConnection() {
    greet();
    other.loseConnection();
    assertThrows(LostLinkException.class, link::receive);
    assertThrows(LostLinkException.class, link::receive, "again");
    link.close();
    assertTrue(lead.isClosed && other.isClosed);
  }

  @Test
  void soIsTheOneThatLeads() {
    greet();
    lead.say(new ServerSays.Lease(0, new BitSet()));
    lead.loseConnection();
    assertEquals(new ServerSays.Lease(0, new BitSet()), link.receive());
    assertThrows(LostLinkException.class, link::receive);
  }

  @Test
  void ifTheJobIsOverForAShardThatIsLostItIsTheEndThatIsHeard() {
    greet();
    other.loseConnection();
    lead.say(new ServerSays.Finished(JobEnd.FAILED, "shard 1 is gone"));
    assertEquals(new ServerSays.Finished(JobEnd.FAILED, "shard 1 is gone"), link.receive());
  }

  @Test
  void aShardThatIsLostWhileItGreetsIsALostConnection() {
    lead.say(new ServerSays.Welcome("ann", JOB, new Shard(0, 2), List.of()));
    other.loseConnection();
    assertThrows(LostLinkException.class, () -> link.send(new WorkerSays.Hello("ann", 2)));
  }
}
