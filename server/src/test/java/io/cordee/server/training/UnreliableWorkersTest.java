package io.cordee.server.training;

import static io.cordee.server.training.SimulatedJob.job;
import static io.cordee.server.training.SimulatedJob.quietDigest;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.SimulatedCluster.Trouble;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers that hang, are slow, come back, or all go: in simulated time. */
class UnreliableWorkersTest {

  private static final long SECOND = 1_000_000_000;
  private static final long MILLI = 1_000_000;
  private static final List<String> OPTIMIZERS =
      List.of(
          "gd",
          "nesterov",
          "rprop",
          "irprop+",
          "quickprop",
          "adam",
          "lion",
          "newton",
          "newton-full");

  @Tag("slow")
  @Property(tries = 400)
  void workersThatHangStickAreSlowComeBackOrGoDoNotShowInTheDigest(
      @ForAll @IntRange(min = 0, max = 8) int optimizer,
      @ForAll @IntRange(min = 1, max = 2) int shards,
      @ForAll long seed) {
    SimulatedCluster cluster = afterTroubles(optimizer, shards, seed, new Random(seed));
    assertTrue(
        cluster.expelled.stream().allMatch(why -> why.startsWith("nothing heard for 30.0 s")),
        cluster.expelled::toString);
    assertEquals(
        quietDigest(OPTIMIZERS.get(optimizer)), cluster.finalDigest, outcome(cluster)::message);
    Statistics.label("left out")
        .collect(cluster.warnings.stream().anyMatch(w -> w.contains("left out")));
    Statistics.label("late").collect(cluster.warnings.stream().anyMatch(w -> w.contains("late")));
    Statistics.label("left out").coverage(c -> c.check(true).percentage(p -> p > 20));
    Statistics.label("late").coverage(c -> c.check(true).percentage(p -> p > 20));
  }

  /** Without this, a seed that fails would not be one that can be looked into. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void aSeedGivesTheSameTroublesTheSameTimesAndTheSameEnd(long seed) {
    Set<List<Object>> ends = new HashSet<>();
    for (int run = 0; run < 10; run++) {
      Random random = new Random(seed);
      SimulatedCluster cluster =
          afterTroubles((int) seed % OPTIMIZERS.size(), 1 + (int) seed % 2, seed, random);
      ends.add(
          List.of(
              random.nextLong(),
              cluster.nextRandom(),
              cluster.now(),
              cluster.warnings,
              cluster.computed,
              cluster.finalDigest));
    }
    assertEquals(1, ends.size(), ends::toString);
  }

  @Test
  void whatWorkersHaveFoundIsKnownThoughNothingIsHeardOfThemForAWhileBeforeTheFirstRound() {
    SimulatedCluster cluster = new SimulatedCluster(job("rprop"), 2, 1);
    List<WorkerId> both = List.of(cluster.join(), cluster.join());
    for (WorkerId worker : both) {
      cluster.trouble(worker, Trouble.HANGS);
    }
    for (WorkerId worker : both) {
      cluster.trouble(worker, Trouble.NONE);
      assertTrue(cluster.deliverOne(), "the welcome");
      cluster.trouble(worker, Trouble.HANGS);
      cluster.quiesce();
    }
    cluster.pass(10 * SECOND);
    assertEquals(2, cluster.warnings.stream().filter(w -> w.contains("left out")).count());

    cluster.leave(cluster.join());
    both.forEach(worker -> cluster.trouble(worker, Trouble.NONE));
    cluster.runInTime(60 * SECOND);

    assertEquals(List.of(), cluster.expelled);
    assertEquals(quietDigest("rprop"), cluster.finalDigest, outcome(cluster)::message);
  }

  private static boolean isFine(SimulatedCluster cluster, WorkerId id) {
    return cluster.troubleOf(id) == Trouble.NONE;
  }

  @ParameterizedTest
  @CsvSource({"HANGS, nothing heard for 5.", "STICKS, no contribution for 600."})
  void theLeasesOfAWorkerThatDoesNotAnswerMoveInTheSameRound(Trouble trouble, String words) {
    SimulatedCluster cluster = started(job("rprop"), 3);
    WorkerId second = cluster.connected().get(1);
    cluster.trouble(second, trouble);
    long begin = cluster.now();
    cluster.runInTime(60 * SECOND, () -> cluster.training().outcome().isPresent());
    assertTrue(cluster.now() - begin < 10 * SECOND, "others do not wait for long");
    cluster.trouble(second, Trouble.NONE);
    cluster.runInTime(SECOND);
    assertEquals(quietDigest("rprop"), cluster.finalDigest);

    SimulatedCluster alone = started(job("rprop"), 1);
    alone.trouble(alone.connected().get(0), trouble);
    alone.pass(4 * SECOND);
    assertEquals(List.of(), alone.warnings);
    alone.pass(2 * SECOND);
    if (trouble == Trouble.STICKS) {
      // How long the first round may take is not known yet.
      alone.pass(595 * SECOND);
    }
    assertTrue(alone.warnings.get(0).startsWith("w1: " + words), alone.warnings::toString);
    alone.join();
    alone.runInTime(10 * SECOND, () -> alone.training().outcome().isPresent());
    assertEquals(quietDigest("rprop"), alone.finalDigest);
  }

  @Test
  void aWorkerThatIsHeardOfAgainTakesPartAgain() {
    SimulatedCluster cluster = started(job("gd", "stop.rounds=200"), 3);
    WorkerId second = cluster.connected().get(1);
    cluster.connected().forEach(id -> cluster.slow(id, 20 * MILLI));
    cluster.trouble(second, Trouble.HANGS);
    cluster.runInTime(60 * SECOND, () -> said(cluster, "nothing heard"));
    cluster.runInTime(
        60 * SECOND, () -> cluster.holdings.get(cluster.connected().get(0)).cardinality() == 4);
    cluster.trouble(second, Trouble.NONE);
    cluster.runInTime(60 * SECOND, () -> said(cluster, "w2 is back after"));
    assertTrue(!cluster.holdings.get(second).isEmpty());
    int before = cluster.leasesOf(second);
    cluster.runInTime(60 * SECOND, () -> cluster.leasesOf(second) > before + 10);
    cluster.runInTime(600 * SECOND);
  }

  @Test
  void aWorkerThatGivesNoSignIsWaitedForOnce() {
    SimulatedCluster cluster = started(job("gd", "stop.rounds=1000"), 3);
    WorkerId second = cluster.connected().get(1);
    cluster.connected().forEach(id -> cluster.slow(id, MILLI));
    cluster.trouble(second, Trouble.HANGS);
    int rounds = cluster.measurements.size();
    long begin = cluster.now();
    cluster.runInTime(60 * SECOND, () -> cluster.measurements.size() >= rounds + 50);
    assertTrue(cluster.now() - begin < SECOND, (cluster.now() - begin) / MILLI + " ms");

    int before = cluster.leasesOf(second);
    cluster.trouble(second, Trouble.NONE);
    cluster.runInTime(2 * SECOND, () -> cluster.leasesOf(second) > before + 10);
    assertEquals(List.of(), cluster.warnings);
  }

  @Test
  void aTeamThatHangsIsWaitedForAndGoesOnWhenItIsBack() {
    SimulatedCluster cluster = started(job("adam"), 2);
    cluster.connected().forEach(id -> cluster.trouble(id, Trouble.HANGS));
    cluster.pass(100 * SECOND);
    assertEquals(
        List.of("no worker is left; round 1 waits for one to join, for at most 600 s"),
        cluster.waits);
    cluster.connected().forEach(id -> cluster.trouble(id, Trouble.NONE));
    cluster.runInTime(10 * SECOND);
    assertEquals(quietDigest("adam"), cluster.finalDigest);
  }

  @ParameterizedTest
  @CsvSource({"sync", "async"})
  void aTeamThatDoesNotComeBackEndsTheJobWithItsWeightsAndTheWayOut(String mode) {
    SimulatedCluster cluster = started(job("adam", "team.wait=30", "mode=" + mode), 2);
    cluster.runInTime(SECOND, () -> cluster.measurements.size() >= 2);
    cluster.connected().forEach(cluster::leave);
    cluster.pass(29 * SECOND);
    assertTrue(cluster.training().outcome().isEmpty());
    cluster.pass(2 * SECOND);
    Outcome outcome = assertInstanceOf(Outcome.Failed.class, outcome(cluster));
    for (String part :
        List.of(
            ": waited 30 s for one to join",
            "no worker is left",
            "the weights after " + cluster.finalVersion + " rounds are kept",
            "team.wait")) {
      assertTrue(outcome.message().contains(part), outcome::message);
    }
    assertTrue(mode.equals("async") || cluster.finalVersion == 2);
    assertTrue(cluster.training().isOver());
  }

  @Test
  void withFewerThanMinWorkersNothingIsGivenOut() {
    SimulatedCluster cluster = started(job("adam", "team.min_workers=2"), 2);
    cluster.runInTime(SECOND, () -> cluster.measurements.size() >= 2);
    cluster.leave(cluster.connected().get(0));
    int leased = cluster.leased.size();
    cluster.runInTime(SECOND, () -> !cluster.deliverOne());
    cluster.pass(60 * SECOND);
    assertEquals(leased, cluster.leased.size());
    assertEquals(1, cluster.waits.size());
    assertTrue(
        cluster.waits.get(0).startsWith("1 worker is left; round "), cluster.waits::toString);
    assertTrue(
        cluster.waits.get(0).contains("waits for team.min_workers, 2"), cluster.waits::toString);
    cluster.join();
    cluster.runInTime(10 * SECOND);
    assertEquals(quietDigest("adam"), cluster.finalDigest);
  }

  @Test
  void aServerThatWasItselfStoppedBlamesNobody() {
    SimulatedCluster cluster = started(job("gd"), 3);
    cluster.connected().forEach(id -> cluster.slow(id, 500 * MILLI));
    cluster.runInTime(5 * SECOND, () -> cluster.measurements.size() >= 1);
    cluster.sleep(1000 * SECOND);
    cluster.runInTime(30 * SECOND);
    assertEquals(List.of(), cluster.warnings);
    assertEquals(List.of(), cluster.waits);
    assertEquals(quietDigest("gd"), cluster.finalDigest);
  }

  @ParameterizedTest
  @ValueSource(longs = {300, 700, 1500, 3000, 20_000})
  void aServerThatWasItselfStoppedChangesNobodysShareAndHasNothingComputedTwice(long millis) {
    Job job = job("rprop", "stop.rounds=20000", "partitions=32", "digest_every=0");
    SimulatedCluster cluster = slowed(job, 4, 10);
    cluster.slow(cluster.connected().get(2), 80 * MILLI);
    cluster.runInTime(600 * SECOND, () -> cluster.measurements.size() >= 50);
    Map<WorkerId, BitSet> holdings = Map.copyOf(cluster.holdings);
    List<String> warnings = List.copyOf(cluster.warnings);
    for (int pause = 1; pause <= 10; pause++) {
      int from = cluster.measurements.size();
      cluster.runInTime(60 * SECOND, () -> cluster.measurements.size() >= from + 3);
      cluster.runInTime(SECOND, () -> cluster.deliverOne());
      cluster.computed.clear();
      int round = cluster.measurements.size();
      cluster.sleep(millis * MILLI);
      cluster.runInTime(60 * SECOND, () -> cluster.measurements.size() > round + 2);
      assertTrue(
          cluster.computed.values().stream().allMatch(partitions -> partitions <= 32),
          cluster.computed::toString);
    }
    assertEquals(holdings, cluster.holdings);
    assertEquals(warnings, cluster.warnings);
  }

  @Test
  void theJobSaysHowLongALeaseLasts() {
    SimulatedCluster cluster = started(job("gd", "team.lease=60"), 1);
    cluster.trouble(cluster.connected().get(0), Trouble.HANGS);
    cluster.pass(58 * SECOND);
    assertEquals(List.of(), cluster.warnings);
    cluster.pass(3 * SECOND);
    assertEquals(1, cluster.warnings.size());
  }

  @Test
  void anAsynchronousTeamDoesNotWaitForOneThatHangs() {
    for (int seed = 0; seed < 50; seed++) {
      Job job = job("gd", "stop.rounds=60", "mode=async", "staleness=1");
      SimulatedCluster cluster = new SimulatedCluster(job, 3, seed);
      cluster.joinAll(3);
      cluster.connected().forEach(id -> cluster.slow(id, 20 * MILLI));
      int rows = 1 + seed % 20;
      cluster.runInTime(60 * SECOND, () -> cluster.measurements.size() >= rows);
      WorkerId second = cluster.connected().get(1);
      cluster.trouble(second, seed % 3 == 0 ? Trouble.STICKS : Trouble.HANGS);
      cluster.runInTime(60 * SECOND, () -> cluster.measurements.size() >= 40);
      cluster.trouble(second, Trouble.NONE);
      cluster.runInTime(60 * SECOND);
      assertInstanceOf(Outcome.Completed.class, outcome(cluster));
      assertEquals(List.of(), cluster.expelled);
      assertTrue(said(cluster, "w2: n"), cluster.warnings::toString);
    }
  }

  // ---- slow workers ----

  @ParameterizedTest
  @CsvSource({"32, 100, 40", "32, 2, 800", "8, 100, 100", "5, 100, 100", "32, 2000, 40"})
  void oneOfFourSlowedTenfoldCostsAtMostTwiceTheTime(int partitions, long millis, int rounds) {
    long quiet = timeOf(partitions, millis, rounds, 1);
    long slowed = timeOf(partitions, millis, rounds, 10);
    assertTrue(slowed <= 2 * quiet, slowed / 1e9 + " s instead of " + quiet / 1e9);
  }

  private static long timeOf(int partitions, long millis, int rounds, int factor) {
    Job job = job("rprop", "stop.rounds=" + rounds, "partitions=" + partitions, "digest_every=0");
    SimulatedCluster cluster = slowed(job, 4, millis);
    cluster.slow(cluster.connected().get(2), factor * millis * MILLI);
    long begin = cluster.now();
    cluster.runInTime(6000 * SECOND);
    assertEquals(factor == 1, cluster.warnings.isEmpty(), cluster.warnings::toString);
    return cluster.now() - begin;
  }

  @Test
  void aHealthyTeamComputesNothingTwice() {
    SimulatedCluster cluster =
        new SimulatedCluster(job("rprop", "stop.rounds=100", "partitions=32"), 4, 1);
    Random random = new Random(1);
    IntStream.range(0, 4).forEach(w -> cluster.join(1));
    while (!cluster.training().isOver()) {
      int measured = cluster.measurements.size();
      // Everyone is now and then half as fast again as others.
      cluster.connected().forEach(id -> cluster.slow(id, (10 + random.nextInt(5)) * MILLI));
      cluster.runInTime(
          60 * SECOND, () -> cluster.training().isOver() || cluster.measurements.size() > measured);
    }
    assertEquals(List.of(), cluster.warnings);
    // As they are joining, each is told of the plan; then there are no more.
    assertEquals(4, cluster.prepares);
    assertEquals(101, cluster.computed.size(), "a hundred rounds, and the last weights");
    assertTrue(
        cluster.computed.values().stream().allMatch(partitions -> partitions == 32),
        cluster.computed::toString);
  }

  @Test
  void aWorkerThatIsFastAgainGetsItsShareBack() {
    Job job = job("rprop", "stop.rounds=2000", "partitions=32", "digest_every=0");
    SimulatedCluster cluster = slowed(job, 4, 10);
    WorkerId third = cluster.connected().get(2);
    cluster.slow(third, 80 * MILLI);
    cluster.runInTime(600 * SECOND, () -> cluster.measurements.size() >= 50);
    assertEquals(1, cluster.holdings.get(third).cardinality(), cluster.warnings::toString);
    cluster.slow(third, 10 * MILLI);
    cluster.runInTime(600 * SECOND, () -> cluster.measurements.size() >= 100);
    assertEquals(8, cluster.holdings.get(third).cardinality(), cluster.warnings::toString);
    int prepares = cluster.prepares;
    cluster.runInTime(6000 * SECOND);
    assertEquals(prepares, cluster.prepares);
  }

  /** Such as a newcomer whose JVM is still cold. */
  @Test
  void aWorkerThatWasTooSlowForAShareIsTriedAgainSoon() {
    SimulatedCluster cluster =
        slowed(job("rprop", "stop.rounds=2000", "partitions=32", "digest_every=0"), 4, 10);
    WorkerId third = cluster.connected().get(2);
    cluster.slow(third, 300 * MILLI);
    cluster.runInTime(600 * SECOND, () -> new BitSet().equals(cluster.holdings.get(third)));
    cluster.slow(third, 10 * MILLI);
    cluster.runInTime(6 * SECOND, () -> cluster.holdings.get(third).cardinality() == 8);
    long begin = cluster.now();
    cluster.runInTime(600 * SECOND, () -> cluster.now() - begin > 100 * SECOND);
    assertEquals(8, cluster.holdings.get(third).cardinality(), cluster.warnings::toString);
  }

  /** A pause is not slowness: what a worker did meanwhile says nothing of its speed. */
  @ParameterizedTest
  @CsvSource({"1500", "1900", "2000", "2100", "2500", "3000", "4500"})
  void aWorkerThatWasStoppedForAMomentGetsItsShareBack(long millis) {
    Job job = job("rprop", "stop.rounds=20000", "partitions=12", "digest_every=0");
    SimulatedCluster cluster = slowed(job, 3, 10);
    WorkerId second = cluster.connected().get(1);
    cluster.runInTime(600 * SECOND, () -> cluster.measurements.size() >= 50);
    cluster.trouble(second, Trouble.HANGS);
    long begin = cluster.now();
    cluster.runInTime(10 * SECOND, () -> cluster.now() - begin >= millis * MILLI);
    cluster.trouble(second, Trouble.NONE);
    int leases = cluster.leasesOf(second);
    cluster.runInTime(2 * SECOND, () -> cluster.leasesOf(second) > leases + 20);
    assertEquals(4, cluster.holdings.get(second).cardinality(), cluster.warnings::toString);
  }

  @Test
  void aWorkerThatGotNothingIsTriedAgainAfterAWhile() {
    Job job = job("rprop", "stop.rounds=20000", "partitions=8", "digest_every=0");
    SimulatedCluster cluster = slowed(job, 4, 10);
    WorkerId third = cluster.connected().get(2);
    cluster.slow(third, 100 * MILLI);
    cluster.runInTime(600 * SECOND, () -> cluster.measurements.size() >= 50);
    assertTrue(cluster.holdings.get(third).isEmpty(), cluster.warnings::toString);
    cluster.slow(third, 10 * MILLI);
    cluster.runInTime(70 * SECOND, () -> cluster.holdings.get(third).cardinality() == 2);
  }

  // ---- helpers ----

  /** A training to its end, with workers that hang, stick, are slow, come back, or go. */
  private static SimulatedCluster afterTroubles(
      int optimizer, int shards, long seed, Random random) {
    boolean isWhole = OPTIMIZERS.get(optimizer).equals("newton-full");
    Job job = job(OPTIMIZERS.get(optimizer));
    SimulatedCluster cluster = new SimulatedCluster(job, 2, seed, isWhole ? 1 : shards);
    cluster.areWorkersReasonable = random.nextBoolean();
    cluster.join();
    cluster.join();
    cluster.join();
    while (cluster.training().outcome().isEmpty()) {
      List<WorkerId> connected = cluster.connected();
      int event = random.nextInt(250);
      if (connected.isEmpty() || event == 0 && connected.size() < 5) {
        cluster.join();
      } else if (event < 10) {
        WorkerId worker = connected.get(random.nextInt(connected.size()));
        switch (event) {
          case 1 -> cluster.leave(worker);
          case 2, 3 -> cluster.trouble(worker, Trouble.HANGS);
          case 4 -> cluster.trouble(worker, Trouble.STICKS);
          case 5, 6, 7 -> cluster.trouble(worker, Trouble.NONE);
          default -> cluster.slow(worker, random.nextInt(400) * MILLI);
        }
      } else if (event < 16) {
        cluster.pass((long) (Math.pow(random.nextDouble(), 3) * 8 * SECOND));
      }
      if (!cluster.deliverOne()) {
        cluster.pass(50 * MILLI);
      }
      if (connected.stream().noneMatch(id -> cluster.has(id) && isFine(cluster, id))) {
        // The rest recover in the end.
        cluster.connected().forEach(id -> cluster.trouble(id, Trouble.NONE));
      }
    }
    cluster.connected().forEach(id -> cluster.trouble(id, Trouble.NONE));
    cluster.runInTime(600 * SECOND);
    return cluster;
  }

  private static boolean said(SimulatedCluster cluster, String text) {
    return cluster.warnings.stream().anyMatch(warning -> warning.contains(text));
  }

  private static Outcome outcome(SimulatedCluster cluster) {
    return cluster.training().outcome().orElseThrow();
  }

  /** Workers of one thread, each of which takes this long for a partition. */
  private static SimulatedCluster slowed(Job job, int workers, long millis) {
    SimulatedCluster cluster = new SimulatedCluster(job, workers, 1);
    IntStream.range(0, workers).forEach(w -> cluster.join(1));
    cluster.connected().forEach(id -> cluster.slow(id, millis * MILLI));
    return cluster;
  }

  /** All have been asked for the first round and have done nothing. */
  private static SimulatedCluster started(Job job, int workers) {
    SimulatedCluster cluster = new SimulatedCluster(job, workers, 1);
    IntStream.range(0, workers).forEach(w -> cluster.join(1));
    cluster.runInTime(SECOND, () -> cluster.leased.size() == workers);
    return cluster;
  }
}
