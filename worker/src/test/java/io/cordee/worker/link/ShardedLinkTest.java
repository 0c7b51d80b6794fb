package io.cordee.worker.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import io.cordee.common.wire.GradientFormat;
import io.cordee.function.Sums;
import io.cordee.proto.message.JobEnd;
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
          GradientFormat.FLOAT32,
          Chunks.of(75_010, 1));

  private static final Introduction ANN = new Introduction("ann", 2);

  private final FakeServer lead = new FakeServer();
  private final FakeServer other = new FakeServer();

  private ServerLink greet() {
    return greet("ann");
  }

  private ServerLink greet(String name) {
    lead.say(Says.welcome(name, JOB, new Shard(0, 2), List.of()));
    other.say(Says.welcome(name, JOB, new Shard(1, 2), List.of()));
    Connector.Connection both = join();
    assertEquals(name, both.welcome().getName());
    return both.server();
  }

  private Connector.Connection join() {
    Connector.Connection first = Connector.Connection.greet(lead, ANN);
    return ShardedLink.join(first, ANN, 0, welcome -> List.of(other));
  }

  @Test
  void neighboursOfAShardShareAMessageAndShardsTakeTurns() {
    ServerLink link = greet();
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
          .say(Says.welcome("ann", JOB, new Shard(number, 3), List.of()));
    }
    Connector.Connection first = Connector.Connection.greet(servers.get(0), ANN);
    ShardedLink.join(first, ANN, 1, welcome -> servers.subList(1, servers.size()))
        .server()
        .contribute(SUMS);
    assertEquals(List.of("2", "0", "1"), order);
  }

  @Test
  void whatShard0PermitsIsHandedOnBeforeTheLeaseIsHeardAndUnderTheNameThatShard0Knows() {
    ServerLink link = greet("ann-2");
    lead.say(Says.permit((byte) 7));
    lead.say(Says.lease(0, new BitSet()));
    assertEquals(Says.lease(0, new BitSet()), link.receive());
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
    ServerLink link = greet();
    other.loseConnection();
    assertThrows(LostLinkException.class, link::receive);
    assertThrows(LostLinkException.class, link::receive, "again");
    link.close();
    assertTrue(lead.isClosed && other.isClosed);
  }

  @Test
  void soIsTheOneThatLeads() {
    ServerLink link = greet();
    lead.say(Says.lease(0, new BitSet()));
    lead.loseConnection();
    assertEquals(Says.lease(0, new BitSet()), link.receive());
    assertThrows(LostLinkException.class, link::receive);
  }

  @Test
  void ifTheJobIsOverForAShardThatIsLostItIsTheEndThatIsHeard() {
    ServerLink link = greet();
    other.loseConnection();
    lead.say(Says.finished(JobEnd.FAILED, "shard 1 is gone"));
    assertEquals(Says.finished(JobEnd.FAILED, "shard 1 is gone"), link.receive());
  }

  @Test
  void theOnlyShardIsReachedDirectly() {
    lead.say(Says.welcome("ann", JOB, Shard.WHOLE, List.of()));
    Connector.Connection first = Connector.Connection.greet(lead, ANN);
    assertSame(first, ShardedLink.join(first, ANN, 0, welcome -> List.of()));
  }

  @Test
  void aShardThatIsLostWhileItGreetsIsALostConnection() {
    lead.say(Says.welcome("ann", JOB, new Shard(0, 2), List.of()));
    other.loseConnection();
    assertThrows(LostLinkException.class, this::join);
    assertTrue(lead.isClosed && other.isClosed);
  }
}
