package io.cordee.bench.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.bench.scale.Cluster.Costs;
import io.cordee.common.job.WeightFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rounds whose time can be worked out by hand. */
class LayoutTest {

  private static final Costs FREE = new Costs(0, 0, 0);

  /** Processors cost nothing: a chunk of floats takes CHUNK seconds on a cable. */
  private static final Cluster LINES = new Cluster(1e9, 0, 0, 1, false, FREE);

  private static final double CHUNK = 262_144 * 1538 / 1448.0 * 8 / 1e9;

  /** Lines cost nothing: a message takes 1 s of a processor at either end. */
  private static final Cluster PROCESSORS =
      new Cluster(Double.POSITIVE_INFINITY, 0, 0, 1, false, new Costs(1, 0, 0));

  private static Round floats(int chunks) {
    return new Round(chunks * Round.CHUNK, WeightFormat.FLOATS);
  }

  private static Round signs(int chunks) {
    return new Round(chunks * Round.CHUNK, WeightFormat.SIGNS);
  }

  static Stream<Arguments> onLines() {
    return Stream.of(
        // The server's cable takes 4 vectors in; the last chunk goes out when they are there.
        Arguments.of("server", Layout.shards(4, 1, floats(10)), 4 * (10 + 1)),
        Arguments.of("server, signs", Layout.shards(4, 1, signs(10)), 4 * (10 + 1 / 16.0)),
        // Each of both has half of it.
        Arguments.of("2 shards", Layout.shards(4, 2, floats(10)), 4 * (5 + 1)),
        // More shards than a worker has: its cable is the slower one.
        Arguments.of("5 shards, 4 workers", Layout.shards(4, 5, floats(10)), 5 * (2 + 1)),
        // One chunk each: 3 come in, are stepped, and go to 3 others.
        Arguments.of("peers", Layout.ofPeers(4, floats(4)), 3 + 3),
        // Three chunks each: both ways share the cable.
        Arguments.of("peers, 3 chunks", Layout.ofPeers(4, floats(12)), 3 * (3 + 3)),
        Arguments.of("peers, signs", Layout.ofPeers(4, signs(4)), 3 + 3 / 16.0),
        // A rack's 32, the two relays', and back.
        Arguments.of("relays, 1 chunk", Layout.relays(64, 32, 1, floats(1)), 2 * (32 + 2)),
        // The relay's cable is the busiest, and full in each direction at once.
        Arguments.of(
            "relays, 10 chunks",
            Layout.relays(64, 32, 1, floats(10)),
            9 * (32 + 1) + 2 * (32 + 2)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("onLines")
  void theBusiestCableDecides(String name, Layout layout, double chunks) {
    assertEquals(chunks * CHUNK, layout.seconds(LINES), 1e-9);
  }

  @Test
  void streamsThatDriftApartCompleteTheLastChunksTogether() {
    Cluster drifting = new Cluster(1e9, 0, 3 * 262_144, 1, false, FREE);

    assertEquals(4 * (10 + 3) * CHUNK, Layout.shards(4, 1, floats(10)).seconds(drifting), 1e-9);
    // There are only two chunks.
    assertEquals(4 * (2 + 2) * CHUNK, Layout.shards(4, 1, floats(2)).seconds(drifting), 1e-9);
    // The cable is busy all the time anyway.
    assertEquals(3 * (3 + 3) * CHUNK, Layout.ofPeers(4, floats(12)).seconds(drifting), 1e-9);
    // A single stream cannot drift apart.
    assertEquals((10 + 1) * CHUNK, Layout.shards(1, 1, floats(10)).seconds(drifting), 1e-9);
  }

  @Test
  void theServersProcessorHandlesEveryMessage() {
    // 8 contributions, 8 steps and 8 leases, each with the other end of one.
    assertEquals(3 * (8 + 1), Layout.shards(8, 1, floats(1)).seconds(PROCESSORS), 1e-9);
    // 9 more chunks of 8 contributions and 8 steps.
    assertEquals(27 + 9 * 16, Layout.shards(8, 1, floats(10)).seconds(PROCESSORS), 1e-9);
  }

  @Test
  void allHostsMayShareTheirCores() {
    Cluster shared = new Cluster(Double.POSITIVE_INFINITY, 0, 0, 2, true, new Costs(1, 0, 0));

    // One message goes from end to end, then 7 more at both ends by 2 cores; three times.
    assertEquals(3 * (2 + 7), Layout.shards(8, 1, floats(1)).seconds(shared), 1e-9);
    // A chunk more: 8 contributions and 8 steps, both ends of each by 2 cores.
    assertEquals(27 + 16, Layout.shards(8, 1, floats(2)).seconds(shared), 1e-9);
  }

  @Test
  void everyParameterIsSteppedOnceAndWithSignsByEveryWorkerToo() {
    Cluster stepping = new Cluster(Double.POSITIVE_INFINITY, 0, 0, 1, false, new Costs(0, 0, 1));

    // The last chunk's replay; the server steps them all.
    assertEquals(10.0 * Round.CHUNK, Layout.shards(4, 1, floats(10)).seconds(stepping), 1e-3);
    assertEquals(11.0 * Round.CHUNK, Layout.shards(4, 1, signs(10)).seconds(stepping), 1e-3);
  }

  @Test
  void bytesCostBothEnds() {
    Cluster bytes = new Cluster(Double.POSITIVE_INFINITY, 0, 0, 1, false, new Costs(0, 1, 0));

    // A worker sends one while the server receives four; and back.
    assertEquals(
        2 * (4 + 1) * 4.0 * Round.CHUNK, Layout.shards(4, 1, floats(1)).seconds(bytes), 1e-3);
  }

  @Test
  void latencyCountsForEachHop() {
    Cluster far = new Cluster(Double.POSITIVE_INFINITY, 1, 0, 1, false, FREE);

    assertEquals(2, Layout.shards(4, 1, floats(2)).seconds(far), 1e-9);
    // The other shard reports.
    assertEquals(3, Layout.shards(4, 2, floats(2)).seconds(far), 1e-9);
    assertEquals(3, Layout.ofPeers(4, floats(4)).seconds(far), 1e-9);
    assertEquals(4, Layout.relays(64, 32, 1, floats(2)).seconds(far), 1e-9);
  }

  @ParameterizedTest
  @MethodSource
  void whatIsSentIsReceived(Layout layout, double up, double down) {
    for (Stage stage :
        Stream.of(layout.pipeline(), layout.ending()).flatMap(List::stream).toList()) {
      assertEquals(
          stage.from().hosts() * stage.sent(), stage.to().hosts() * stage.received(), 1e-6);
    }
    int stages = layout.pipeline().size();
    assertEquals(up, moved(layout, stages / 2 - 1), 1);
    assertEquals(down, moved(layout, stages / 2), 1);
  }

  /** What comes into all shards, and what leaves them. */
  static Stream<Arguments> whatIsSentIsReceived() {
    Round round = new Round(10_000_000, WeightFormat.SIGNS);
    double vector = 4e7;
    return Stream.of(4, 16, 64, 256, 1024, 4096)
        .flatMap(
            hosts ->
                Stream.of(
                    Arguments.of(
                        Layout.shards(hosts, 1, round), hosts * vector, hosts * vector / 16),
                    Arguments.of(
                        Layout.shards(hosts, 16, round), hosts * vector, hosts * vector / 16),
                    Arguments.of(
                        Layout.ofPeers(hosts, round),
                        (hosts - 1) * vector,
                        (hosts - 1) * vector / 16),
                    Arguments.of(
                        Layout.relays(hosts, 32, 1, round),
                        Math.ceil(hosts / 32.0) * vector,
                        Math.ceil(hosts / 32.0) * vector / 16)));
  }

  private static double moved(Layout layout, int stage) {
    Stage of = layout.pipeline().get(stage);
    return layout.chunks() * of.to().hosts() * of.received() * of.bytes();
  }
}
