package io.cordee.server.training;

import static io.cordee.server.training.SimulatedJob.ROUNDS;
import static io.cordee.server.training.SimulatedJob.initial;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.server.team.WorkerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** A job of several shards, each with its own order of messages, ends as that of one server. */
class ShardedTrainingTest {

  private static final int ENOUGH = 300_000;

  private static final List<List<String>> OPTIMIZERS =
      List.of(
          List.of("gd"),
          List.of("nesterov"),
          List.of("rprop"),
          List.of("rprop", "compression.weights=floats"),
          List.of("irprop+"),
          List.of("adam"),
          List.of("gd", "optimizer.clip_norm=0.5"),
          List.of("adam", "optimizer.clip_norm=0.5"),
          List.of("lion", "optimizer.clip_norm=0.5"),
          List.of("newton"));

  private static final Map<List<String>, SimulatedCluster> QUIET = new HashMap<>();

  @Property(tries = 300)
  void anyShardsAndAnyTeamEndWithTheDigestAndTheWeightsOfOneServer(
      @ForAll @IntRange(min = 0, max = 9) int optimizer,
      @ForAll @IntRange(min = 2, max = 4) int shards,
      @ForAll @IntRange(min = 1, max = 4) int workers,
      @ForAll long seed) {
    SimulatedCluster cluster = cluster(OPTIMIZERS.get(optimizer), workers, seed, shards);
    for (int worker = 0; worker < workers; worker++) {
      cluster.join();
    }
    cluster.run(ENOUGH);
    assertLikeOneServer(OPTIMIZERS.get(optimizer), cluster);
  }

  @Property(tries = 600)
  void workersThatJoinAndLeaveAtAnyTimeDoNotShow(
      @ForAll @IntRange(min = 0, max = 9) int optimizer,
      @ForAll @IntRange(min = 2, max = 4) int shards,
      @ForAll long seed) {
    Random random = new Random(seed);
    SimulatedCluster cluster = cluster(OPTIMIZERS.get(optimizer), 1, seed, shards);
    cluster.join();
    for (int i = 0; cluster.training().outcome().isEmpty(); i++) {
      assertTrue(i < ENOUGH, "the job does not come to its end");
      int event = random.nextInt(60);
      List<WorkerId> connected = cluster.connected();
      if (event == 0 && !connected.isEmpty()) {
        cluster.leave(connected.get(random.nextInt(connected.size())));
      } else if (event == 1 && connected.size() < 6 || connected.isEmpty()) {
        cluster.join();
      }
      cluster.deliverOne();
    }
    cluster.run(ENOUGH);
    assertLikeOneServer(OPTIMIZERS.get(optimizer), cluster);
  }

  @Test
  void aReportThatCannotBeIsRefusedWithTheReason() {
    SimulatedCluster cluster = cluster(OPTIMIZERS.get(0), 1, 1, 2);
    List<String> refused = new ArrayList<>();
    ShardReports other = cluster.training().reportsOf(1, refused::add);
    other.stepped(7, new long[0]);
    other.squares(0, new double[0]);
    other.weights(3, 0, List.of());
    assertEquals(
        List.of(
            "expected chunks at version 0; found version 7",
            "no sums of squares are needed now",
            "expected weights at version 0; found version 3"),
        refused);
  }

  private static void assertLikeOneServer(List<String> optimizer, SimulatedCluster cluster) {
    assertEquals(List.of(), cluster.expelled);
    assertEquals(quiet(optimizer).finalDigest, cluster.finalDigest);
    assertEquals(ROUNDS, cluster.finalVersion);
    assertArrayEquals(quiet(optimizer).finalWeights, cluster.finalWeights);
    assertEquals(digests(quiet(optimizer)), digests(cluster));
  }

  private static List<String> digests(SimulatedCluster cluster) {
    return cluster.measurements.stream().map(Measurement::digest).toList();
  }

  /** Whatever each shard was doing, the weights kept are those of one version. */
  @Property(tries = 300)
  void aJobThatIsInterruptedAtAnyTimeKeepsTheWeightsOfItsLastWholeRound(
      @ForAll @IntRange(min = 0, max = 9) int optimizer,
      @ForAll @IntRange(min = 2, max = 4) int shards,
      @ForAll @IntRange(min = 0, max = 1500) int messages,
      @ForAll long seed) {
    SimulatedCluster cluster = cluster(OPTIMIZERS.get(optimizer), 2, seed, shards);
    cluster.join();
    cluster.join();
    for (int i = 0; i < messages && cluster.training().outcome().isEmpty(); i++) {
      cluster.deliverOne();
    }
    if (cluster.training().outcome().isPresent()) {
      return;
    }
    cluster.training().tell(to -> to.interrupt("interrupted"));
    for (int i = 0; i < ENOUGH && cluster.training().outcome().isEmpty(); i++) {
      cluster.deliverOne();
    }
    Outcome outcome = cluster.training().outcome().orElseThrow();
    if (outcome instanceof Outcome.Completed) {
      assertEquals(ROUNDS, cluster.finalVersion, "the weights were being collected already");
    } else {
      assertInstanceOf(Outcome.Interrupted.class, outcome);
    }
    if (cluster.finalWeights.length > 0) {
      SimulatedCluster stopped =
          cluster(
              OPTIMIZERS.get(optimizer),
              1,
              0,
              1,
              "stop.rounds=" + Math.max(1, cluster.finalVersion));
      stopped.join();
      stopped.run(ENOUGH);
      assertArrayEquals(
          cluster.finalVersion == 0
              ? initial(job(OPTIMIZERS.get(optimizer)))
              : stopped.finalWeights,
          cluster.finalWeights);
    }
  }

  @Property(tries = 200)
  void aShardThatIsLostSuspendsTheJobUnlessItHasEnded(
      @ForAll @IntRange(min = 0, max = 9) int optimizer,
      @ForAll @IntRange(min = 0, max = 800) int messages,
      @ForAll long seed) {
    SimulatedCluster cluster = cluster(OPTIMIZERS.get(optimizer), 1, seed, 3);
    cluster.join();
    cluster.runToRow(0);
    for (int i = 0; i < messages && cluster.training().outcome().isEmpty(); i++) {
      cluster.deliverOne();
    }
    if (cluster.training().outcome().isPresent()) {
      return;
    }
    cluster.lose(2);
    cluster.run(ENOUGH);
    Outcome outcome = cluster.training().outcome().orElseThrow();
    if (outcome instanceof Outcome.Completed) {
      assertTrue(cluster.finalWeights.length > 0, "its weights had come before it was lost");
      return;
    }
    assertInstanceOf(Outcome.Suspended.class, outcome);
    assertTrue(outcome.message().contains("shard 2 is gone"), outcome::message);
    assertEquals(0, cluster.finalWeights.length, "a part of them is lost");
  }

  @Test
  void noRoundBeginsBeforeEveryShardIsThere() {
    SimulatedCluster cluster = cluster(List.of("gd"), 1, 1, 2);
    cluster.lose(1);
    cluster.join();
    cluster.quiesce();
    assertEquals(List.of(), cluster.leased);
    cluster.find(1);
    cluster.run(ENOUGH);
    assertLikeOneServer(List.of("gd"), cluster);
  }

  private static synchronized SimulatedCluster quiet(List<String> optimizer) {
    return QUIET.computeIfAbsent(
        optimizer,
        r -> {
          SimulatedCluster one = cluster(r, 1, 0, 1);
          one.join();
          one.run(ENOUGH);
          return one;
        });
  }

  private static SimulatedCluster cluster(
      List<String> optimizer, int minWorkers, long seed, int shards, String... more) {
    return new SimulatedCluster(job(optimizer, more), minWorkers, seed, shards);
  }

  private static Job job(List<String> optimizer, String... more) {
    Stream<String> overrides = Stream.concat(optimizer.stream().skip(1), Stream.of(more));
    return SimulatedJob.job(optimizer.get(0), overrides.toArray(String[]::new));
  }
}
