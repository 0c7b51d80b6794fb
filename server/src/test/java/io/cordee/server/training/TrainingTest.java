package io.cordee.server.training;

import static io.cordee.server.training.SimulatedJob.ROUNDS;
import static io.cordee.server.training.SimulatedJob.job;
import static io.cordee.server.training.SimulatedJob.quietDigest;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.job.RowCounts;
import io.cordee.common.job.Tally;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.file.Found;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.DenseContribution;
import io.cordee.server.team.WorkerId;
import java.nio.LongBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTest {

  private static final long SECOND = 1_000_000_000;
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

  @Property(tries = 200)
  void anyTeamOfAnySizeInAnyOrderOfDeliveryEndsWithTheDigestOfOneWorker(
      @ForAll @IntRange(min = 0, max = 8) int optimizer,
      @ForAll @IntRange(min = 1, max = 7) int workers,
      @ForAll long seed) {
    SimulatedCluster cluster = new SimulatedCluster(job(OPTIMIZERS.get(optimizer)), workers, seed);
    cluster.joinAll(workers);
    cluster.run(1_000_000);
    assertEquals(quietDigest(OPTIMIZERS.get(optimizer)), cluster.finalDigest);
    assertEquals(ROUNDS, cluster.finalVersion);
  }

  @Property(tries = 300)
  void workersThatJoinAndLeaveAtAnyTimeDoNotShowInTheDigest(
      @ForAll @IntRange(min = 0, max = 8) int optimizer, @ForAll long seed) {
    Random random = new Random(seed);
    SimulatedCluster cluster = new SimulatedCluster(job(OPTIMIZERS.get(optimizer)), 1, seed);
    cluster.join();
    while (cluster.training().outcome().isEmpty()) {
      int event = random.nextInt(60);
      List<WorkerId> connected = cluster.connected();
      if (event == 0 && !connected.isEmpty()) {
        cluster.leave(connected.get(random.nextInt(connected.size())));
      } else if (event == 1 && connected.size() < 6 || connected.isEmpty()) {
        cluster.found.put(cluster.join(), withRoom(3 + random.nextInt(6)));
      }
      cluster.deliverOne();
    }
    cluster.run(1_000_000);
    assertEquals(quietDigest(OPTIMIZERS.get(optimizer)), cluster.finalDigest);
  }

  @Property(tries = 200)
  void aReplicaWithFlippedBitsIsHealedCountedAndDoesNotShow(
      @ForAll @IntRange(min = 0, max = 7) int optimizer, @ForAll long seed) {
    List<String> optimizers = OptimizerCatalog.signDrivenNames();
    SimulatedCluster cluster =
        new SimulatedCluster(job(optimizers.get(optimizer), "compression.check_every=1"), 1, seed);
    cluster.flipRate = 0.2;
    cluster.join();
    cluster.join();
    while (cluster.training().outcome().isEmpty()) {
      if (new Random(seed).nextInt(40) == 0 && cluster.connected().size() < 4) {
        cluster.join();
      }
      cluster.deliverOne();
    }
    cluster.run(1_000_000);
    assertEquals(quietDigest(optimizers.get(optimizer)), cluster.finalDigest);
    List<String> healings =
        cluster.warnings.stream().filter(warning -> warning.contains("differs")).toList();
    if (!healings.isEmpty()) {
      String last = healings.get(healings.size() - 1);
      assertTrue(last.contains("(repair " + healings.size() + ")"), last);
    }
    Statistics.label("healed").collect(healings.isEmpty() ? "none" : "some");
    Statistics.label("healed").coverage(c -> c.check("some").percentage(p -> p > 50));
  }

  @Test
  void aRowIsMeasuredForEveryVersionFromTheFirstToTheLast() {
    SimulatedCluster cluster = new SimulatedCluster(job("rprop"), 2, 1);
    cluster.join();
    cluster.join();
    cluster.run(100_000);
    List<Integer> rounds = cluster.measurements.stream().map(Measurement::round).toList();
    assertEquals(IntStream.rangeClosed(0, ROUNDS).boxed().toList(), rounds);
    for (Measurement m : cluster.measurements) {
      // The made-up loss of version v is 1 / (v + 1); evaluated every second round, and at the end.
      assertEquals(1 / (m.round() + 1.0), m.train().meanLoss(), 1e-12);
      assertEquals(m.round() % 2 == 0, m.test().isPresent());
    }
  }

  @Test
  void aLossThatIsLowEnoughEndsTheJobWithTheWeightsItWasMeasuredOn() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd", "stop.loss=0.25"), 1, 1);
    cluster.join();
    cluster.run(100_000);
    // 1 / (v + 1) is 0.25 at version 3; the round that measured it is not applied.
    assertEquals(3, cluster.finalVersion);
    Measurement last = cluster.measurements.get(cluster.measurements.size() - 1);
    assertEquals(3, last.round());
    assertEquals(cluster.finalDigest, last.digest());
    assertTrue(last.test().isPresent(), "the last weights are evaluated");
    assertInstanceOf(Outcome.Completed.class, cluster.training().outcome().orElseThrow());
  }

  @Test
  void anAccuracyThatIsReachedEndsTheJobAtTheEvaluation() {
    // Made up: odd versions are all correct, even ones all wrong; evaluated every round.
    SimulatedCluster cluster =
        new SimulatedCluster(job("adam", "stop.accuracy=0.9", "evaluate_every=1"), 1, 1);
    cluster.join();
    cluster.run(100_000);
    assertEquals(1, cluster.finalVersion);
  }

  @Test
  void theFirstRoundWaitsForTheWorkersAskedFor() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 3, 1);
    cluster.join();
    cluster.join();
    cluster.quiesce();
    assertTrue(cluster.leased.isEmpty());
    cluster.join();
    cluster.run(100_000);
    assertEquals(ROUNDS, cluster.finalVersion);
  }

  @Test
  void theFirstRoundWaitsForThemNoLongerThanTheJobSays() {
    SimulatedCluster cluster =
        new SimulatedCluster(job("gd", "team.gather=20", "team.min_workers=2"), 3, 1);
    cluster.join();
    cluster.quiesce();
    cluster.pass(30 * SECOND);
    cluster.quiesce();
    assertTrue(cluster.leased.isEmpty(), "team.min_workers are waited for anyway");
    cluster.join();
    cluster.quiesce();
    assertFalse(cluster.leased.isEmpty());
    cluster.run(100_000);
    assertEquals(ROUNDS, cluster.finalVersion);
  }

  @Test
  void theTimeForTheOthersIsNotCutShortByTheOneForAReplacement() {
    SimulatedCluster cluster =
        new SimulatedCluster(job("gd", "team.gather=900", "team.min_workers=2"), 3, 1);
    cluster.join();
    cluster.join();
    WorkerId third = cluster.join();
    cluster.failed(third, "no train.csv");
    cluster.quiesce();
    cluster.pass(700 * SECOND);
    cluster.quiesce();
    assertTrue(cluster.training().outcome().isEmpty(), "team.wait is 600 s");
    cluster.pass(210 * SECOND);
    cluster.run(100_000);
    assertEquals(ROUNDS, cluster.finalVersion);
  }

  @Test
  void aTeamThatIsGoneIsWaitedForAndReplaced() {
    SimulatedCluster cluster = new SimulatedCluster(job("adam"), 1, 5);
    WorkerId first = cluster.join();
    while (cluster.leased.size() < 3) {
      cluster.deliverOne();
    }
    cluster.leave(first);
    cluster.quiesce();
    assertTrue(cluster.training().outcome().isEmpty());
    cluster.join();
    cluster.run(100_000);
    assertEquals(quietDigest("adam"), cluster.finalDigest);
  }

  @Test
  void aWorkerThatFindsOtherDataIsTurnedAway() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 1, 1);
    WorkerId good = cluster.join();
    cluster.found(good, rows(16));
    WorkerId bad = cluster.join();
    cluster.found(bad, rows(17));
    cluster.prepared(good);
    assertEquals(1, cluster.expelled.size());
    assertTrue(cluster.expelled.get(0).contains("give it the same files"));
  }

  @Test
  void aWorkerThatFindsOtherColumnsIsTurnedAway() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 1, 1);
    WorkerId good = cluster.join();
    WorkerId bad = cluster.join();
    cluster.found(good, found("a, b"));
    cluster.found(bad, found("b, a"));
    cluster.prepared(good);
    assertEquals(1, cluster.expelled.size());
    assertTrue(
        cluster
            .expelled
            .get(0)
            .endsWith(
                "its data differ from those of other workers: expected the features a, b; found b, a;"
                    + " give it the same files"),
        cluster.expelled.get(0));
  }

  @Test
  void soIsOneThatFindsOtherColumnsThanARunThatIsResumed() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 1, 1);
    cluster.training().resume(Found.columns(new Columns("a, b", "")), Optional.empty());
    WorkerId other = cluster.join();
    cluster.found(other, found("b, a"));
    assertEquals(1, cluster.expelled.size());
    assertTrue(cluster.expelled.get(0).contains("the run so far"), cluster.expelled.get(0));
    WorkerId same = cluster.join();
    cluster.found(same, found("a, b"));
    assertEquals(1, cluster.expelled.size());
  }

  private static DataFound found(String columns) {
    return new DataFound(new RowCounts(16, 0, 9), "exact", new Columns(columns, ""));
  }

  @Test
  void workersThatMultiplyDifferentlyAreWarnedOf() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 2, 1);
    WorkerId one = cluster.join();
    WorkerId other = cluster.join();
    cluster.found(one, new DataFound(new RowCounts(16, 0, 9), "torch 2.7 (AVX2)", Columns.UNKNOWN));
    cluster.found(
        other, new DataFound(new RowCounts(16, 0, 9), "torch 2.7 (AVX512)", Columns.UNKNOWN));
    assertEquals(1, cluster.warnings.size());
    assertTrue(cluster.warnings.get(0).contains("AVX512"), cluster.warnings.get(0));
  }

  @Test
  void aNewcomerThatCannotWorkIsSentAwayAndTheJobGoesOn() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 1, 1);
    cluster.join();
    cluster.runToRow(0);
    WorkerId newcomer = cluster.join();
    cluster.failed(newcomer, "data file train.csv not found");
    assertEquals(List.of("data file train.csv not found"), cluster.expelled);
    cluster.training().tell(to -> to.left(newcomer, "gone"));
    assertEquals(Map.of(newcomer, "data file train.csv not found"), cluster.whyLeft);
    cluster.run(100_000);
    assertEquals(quietDigest("gd"), cluster.finalDigest);
  }

  @Test
  void mostOfTheTeamDecidesWhichDataAreRightWhoeverComesFirst() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 3, 1);
    WorkerId mistaken = cluster.join();
    cluster.found.put(mistaken, rows(17));
    cluster.quiesce();
    List<WorkerId> good = List.of(cluster.join(), cluster.join());
    cluster.quiesce();
    String why = cluster.whyLeft.get(mistaken);
    assertTrue(why.startsWith("its data differ from those of w"), why);
    assertTrue(why.contains("found 17 training and 9 test rows"), why);
    assertEquals(
        List.of(
            "2 of 3 workers are ready (%s: %s); round 1 waits for another one with the same data, for at most 600 s"
                .formatted(mistaken, why)),
        cluster.waits);
    assertTrue(cluster.leased.isEmpty());
    assertEquals(good, cluster.connected());
    cluster.join();
    cluster.run(100_000);
    assertEquals(quietDigest("gd"), cluster.finalDigest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mode=sync", "mode=async"})
  void whereOneOfTheTeamIsRefusedAnotherIsWaitedForNoLongerThanTheJobSays(String mode) {
    SimulatedCluster cluster = new SimulatedCluster(job("gd", "team.wait=30", mode), 3, 1);
    WorkerId mistaken = cluster.join();
    cluster.found.put(mistaken, rows(17));
    cluster.join();
    cluster.join();
    cluster.quiesce();
    assertEquals(Set.of(mistaken), cluster.whyLeft.keySet());
    cluster.pass(20 * SECOND);
    WorkerId mute = cluster.join();
    cluster.trouble(mute, SimulatedCluster.Trouble.HANGS);
    cluster.pass(9 * SECOND);
    assertTrue(cluster.training().outcome().isEmpty());
    cluster.pass(2 * SECOND);
    String failure = cluster.failure();
    String expected =
        "round 1: waited 30 s for another one with the same data, but 2 of 3 workers are ready (w1: its data differ";
    assertTrue(failure.startsWith(expected), failure);
  }

  @Test
  void whereOneOfTheTeamIsRefusedAnotherMayTakeItsPlaceInTime() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd", "team.wait=30"), 3, 1);
    cluster.found.put(cluster.join(), rows(17));
    cluster.join();
    cluster.join();
    cluster.quiesce();
    cluster.pass(29 * SECOND);
    cluster.join();
    cluster.quiesce();
    assertFalse(cluster.leased.isEmpty());
    cluster.pass(2 * SECOND);
    cluster.run(100_000);
    assertEquals(quietDigest("gd"), cluster.finalDigest);
  }

  @Test
  void theRestOfATeamThatIsStillToComeIsWaitedForThoughOneWasRefused() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd", "team.wait=30"), 3, 1);
    cluster.failed(cluster.join(), "no train.csv");
    cluster.join();
    cluster.quiesce();
    cluster.pass(29 * SECOND);
    cluster.join();
    cluster.quiesce();
    cluster.pass(29 * SECOND);
    cluster.join();
    cluster.run(100_000);
    assertEquals(quietDigest("gd"), cluster.finalDigest);
  }

  @Test
  void aVoteAmongFewWhoWereReadyInTimeIsWarnedOf() {
    String[] gather = {"team.gather=20", "team.min_workers=2"};
    SimulatedCluster few = new SimulatedCluster(job("gd", gather), 4, 1);
    few.join();
    few.join();
    few.quiesce();
    few.pass(21 * SECOND);
    few.run(100_000);
    assertEquals(
        List.of(
            "team.gather is over: only 2 of 4 workers have voted on which data are right, and later"
                + " ones with other data will be refused; raise team.gather or team.min_workers, or"
                + " pin the right files with data.train.sha256"),
        few.warnings);

    SimulatedCluster enough = new SimulatedCluster(job("gd", gather), 4, 1);
    List.of(enough.join(), enough.join(), enough.join());
    enough.quiesce();
    enough.pass(21 * SECOND);
    enough.run(100_000);
    assertEquals(List.of(), enough.warnings);

    SimulatedCluster all = new SimulatedCluster(job("gd", gather), 2, 1);
    all.join();
    all.join();
    all.run(100_000);
    assertEquals(List.of(), all.warnings);
  }

  @Test
  void whoJoinsBeforeTheFirstRoundBeginsHasAVote() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 1, 1);
    WorkerId mistaken = cluster.join();
    cluster.found(mistaken, rows(17));
    WorkerId good = cluster.join();
    cluster.found(good, rows(16));
    assertEquals(Map.of(), cluster.whyLeft);
    WorkerId better = cluster.join();
    cluster.found(better, rows(16));
    assertEquals(Set.of(mistaken), cluster.whyLeft.keySet());
    assertTrue(cluster.holdings.keySet().containsAll(List.of(good, better)));
  }

  @Test
  void whoFindsOtherDataThanAsManyBeforeIsTurnedAwayWhenTheFirstRoundBegins() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 1, 1);
    WorkerId good = cluster.join();
    cluster.found(good, rows(16));
    WorkerId bad = cluster.join();
    cluster.found(bad, rows(17));
    assertEquals(Map.of(), cluster.whyLeft);
    cluster.prepared(good);
    assertEquals(Set.of(bad), cluster.whyLeft.keySet());
    assertFalse(cluster.leased.isEmpty());
  }

  /** Those who agreed have left: the one whose data differed from theirs may begin. */
  @Test
  void nobodyIsInDoubtWithoutThoseWhoseDataDiffer() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 1, 1);
    WorkerId first = cluster.join();
    cluster.found(first, rows(17));
    WorkerId other = cluster.join();
    cluster.found(other, rows(16));
    assertFalse(cluster.holdings.containsKey(other));
    cluster.training().tell(to -> to.left(first, "gone"));
    assertTrue(cluster.holdings.containsKey(other));
  }

  @Test
  void aTeamOfWhichNoLargerPartAgreesFails() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 2, 1);
    cluster.found.put(cluster.join(), rows(17));
    cluster.join();
    cluster.quiesce();
    String failure = cluster.failure();
    assertTrue(failure.startsWith("the workers find different data"), failure);
    assertTrue(failure.contains("w1 against w2: ") || failure.contains("w2 against w1"), failure);
    assertTrue(failure.endsWith("or let three or more vote (--workers)"), failure);
  }

  @Test
  void aWorkerThatWasSilentWhenOthersAgreedIsHeldToThatWhenItIsBack() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 1, 1);
    WorkerId silent = new WorkerId(98, "silent");
    cluster.training().tell(to -> to.joined(silent, 1));
    cluster.found(silent, rows(17));
    cluster.pass(120 * SECOND);
    cluster.join();
    cluster.runToRow(0);
    cluster.training().tell(to -> to.alive(silent));
    cluster.run(100_000);
    String why = cluster.whyLeft.getOrDefault(silent, "it takes part");
    assertTrue(why.startsWith("its data differ from those of"), why);
    assertEquals(quietDigest("gd"), cluster.finalDigest);
  }

  @Test
  void theFirstRoundWaitsForOthersWhereSomeCannotReadTheirData() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 2, 1);
    WorkerId mistaken = cluster.join();
    cluster.failed(mistaken, "no train.csv");
    cluster.join();
    cluster.quiesce();
    assertTrue(cluster.leased.isEmpty());
    cluster.join();
    cluster.run(100_000);
    assertEquals(quietDigest("gd"), cluster.finalDigest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mode=sync", "mode=async"})
  void whereAllHaveFailedTheJobWaitsForOthersAndFailsWhenItsTimeIsUp(String mode) {
    SimulatedCluster cluster = new SimulatedCluster(job("gd", "team.wait=30", mode), 1, 1);
    WorkerId first = cluster.join();
    cluster.failed(first, "no train.csv");
    assertEquals(
        List.of(
            "no worker is left (w1: no train.csv); round 1 waits for one to join, for at most 30 s"),
        cluster.waits);
    cluster.pass(29 * SECOND);
    assertTrue(cluster.training().outcome().isEmpty());
    cluster.pass(2 * SECOND);
    assertTrue(
        cluster
            .failure()
            .startsWith(
                "round 1: waited 30 s for one to join, but no worker is left (w1: no train.csv)"),
        cluster.failure());
  }

  @Test
  void aTeamToWhichNobodyComesBeginsWithoutThoseThatFailAndFailsWithTheLast() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 3, 1);
    cluster.training().tell(TrainingEvents::expectNoOthers);
    WorkerId first = cluster.join();
    cluster.failed(first, "no train.csv");
    List<WorkerId> others = List.of(cluster.join(), cluster.join());
    cluster.runToRow(2);
    cluster.failed(others.get(0), "row 7 is broken");
    assertTrue(cluster.training().outcome().isEmpty());
    cluster.failed(others.get(1), "row 7 is broken");
    assertEquals("w1: no train.csv", cluster.failure());
    assertEquals(3, cluster.finalVersion);
  }

  @Test
  void aTeamToWhichNobodyComesWaitsForThoseThatHaveYetToJoinThoughTheTimeToJoinIsUp() {
    SimulatedCluster cluster =
        new SimulatedCluster(job("gd", "team.gather=20", "team.min_workers=2"), 4, 1);
    cluster.training().tell(TrainingEvents::expectNoOthers);
    WorkerId first = cluster.join();
    cluster.quiesce();
    cluster.pass(30 * SECOND);
    cluster.failed(first, "no train.csv");
    WorkerId second = cluster.join();
    cluster.failed(second, "no train.csv");
    assertTrue(cluster.training().outcome().isEmpty());
    cluster.join();
    cluster.join();
    cluster.run(100_000);
    assertEquals(quietDigest("gd"), cluster.finalDigest);
  }

  @Test
  void aTeamToWhichNobodyComesFailsOnceTooFewForTheJobAreLeft() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd", "team.min_workers=2"), 3, 1);
    cluster.training().tell(TrainingEvents::expectNoOthers);
    List<WorkerId> workers = List.of(cluster.join(), cluster.join(), cluster.join());
    cluster.failed(workers.get(0), "row 7 is broken");
    assertTrue(cluster.training().outcome().isEmpty());
    cluster.failed(workers.get(1), "row 7 is broken");
    assertEquals("w1: row 7 is broken", cluster.failure());
  }

  @ParameterizedTest
  @ValueSource(strings = {"mode=sync", "mode=async"})
  void whoConnectsAndLeavesDoesNotExtendTheTimeThatAJobWithoutWorkersWaits(String mode) {
    SimulatedCluster cluster = new SimulatedCluster(job("gd", "team.wait=30", mode), 1, 1);
    WorkerId first = cluster.join();
    cluster.failed(first, "no train.csv");
    WorkerId visitor = cluster.join();
    for (int visit = 0; visit < 30; visit++) {
      assertTrue(cluster.training().outcome().isEmpty(), "after " + visit + " s");
      WorkerId next = cluster.join();
      cluster.leave(visitor);
      visitor = next;
      cluster.pass(SECOND);
    }
    assertTrue(cluster.failure().contains("waited 30 s for one to join"), cluster.failure());
  }

  @Test
  void whoFailsInTheMiddleOfTheJobIsReplacedByOthers() {
    SimulatedCluster cluster = new SimulatedCluster(job("adam"), 3, 1);
    List<WorkerId> workers = List.of(cluster.join(), cluster.join(), cluster.join());
    cluster.runToRow(1);
    cluster.failed(workers.get(1), "cannot read train.csv");
    cluster.leave(workers.get(2));
    cluster.run(100_000);
    assertEquals(quietDigest("adam"), cluster.finalDigest);
  }

  @Test
  void nobodyIsAskedForMorePartitionsThanItHasMemoryFor() {
    SimulatedCluster cluster = new SimulatedCluster(job("adam"), 2, 1);
    List<WorkerId> small = List.of(cluster.join(), cluster.join());
    small.forEach(worker -> cluster.found.put(worker, withRoom(5)));
    cluster.runToRow(1);
    cluster.leave(small.get(0));
    cluster.quiesce();
    assertEquals(
        List.of(
            "the workers have memory for 5 of 8 partitions {w2=5}; round 3 waits for more workers, or"
                + " more memory for each; their logs say how much, for at most 600 s"),
        cluster.waits);
    cluster.found.put(cluster.join(), withRoom(3));
    cluster.run(100_000);
    assertEquals(quietDigest("adam"), cluster.finalDigest);
    assertTrue(
        cluster.holdings.values().stream().allMatch(held -> held.cardinality() <= 5),
        cluster.holdings::toString);
  }

  @Test
  void aJobThatNobodyHasMemoryForSaysSo() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd", "team.wait=10"), 1, 1);
    cluster.found.put(cluster.join(), withRoom(7));
    cluster.quiesce();
    cluster.pass(11 * SECOND);
    assertTrue(
        cluster.failure().contains("the workers have memory for 7 of 8 partitions {w1=7}"),
        cluster.failure());
  }

  @Test
  void whoSaysHelloAndThenNothingLosesItsPlace() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 1, 1);
    WorkerId mute = cluster.join();
    cluster.trouble(mute, SimulatedCluster.Trouble.HANGS);
    cluster.pass(29 * SECOND);
    assertEquals(List.of(), cluster.expelled);
    cluster.pass(2 * SECOND);
    assertEquals(
        Map.of(
            mute,
            "nothing heard for 30.0 s, and it had not said what data it finds; start it again"),
        cluster.whyLeft);
  }

  private static DataFound rows(int train) {
    return new DataFound(new RowCounts(train, 0, 9), "exact", Columns.UNKNOWN);
  }

  private static DataFound withRoom(int partitions) {
    return new DataFound(
        new RowCounts(16, 0, 9), "exact", Columns.UNKNOWN, LongBuffer.allocate(0), partitions);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gd", "nesterov"})
  void aFailureOfTheJobKeepsTheWeightsOfTheLastFinishedRound(String optimizer) {
    SimulatedCluster cluster = new SimulatedCluster(job(optimizer), 1, 1);
    WorkerId worker = cluster.join();
    cluster.runToRow(2);
    cluster.training().tell(to -> to.failed(worker, "the gradient is not finite", true));
    cluster.run(100_000);
    assertTrue(cluster.failure().contains("the gradient is not finite"));
    assertEquals(3, cluster.finalVersion);
  }

  @Test
  void aJobThatIsInterruptedSendsItsWorkersHome() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 1, 1);
    cluster.join();
    cluster.runToRow(0);
    cluster.training().tell(to -> to.interrupt("interrupted"));
    cluster.run(100_000);
    assertInstanceOf(Outcome.Interrupted.class, cluster.training().outcome().orElseThrow());
  }

  @Property(tries = 200)
  void theResultIsEvaluatedByThoseWhoAreLeft(@ForAll long seed) {
    Random random = new Random(seed);
    // The loss stops the job at version 3, which is not due for evaluation otherwise.
    Job job = job("gd", "stop.loss=0.25", "evaluate_every=100");
    SimulatedCluster cluster = new SimulatedCluster(job, 3, seed);
    cluster.joinAll(3);
    while (cluster.training().outcome().isEmpty()) {
      List<WorkerId> connected = cluster.connected();
      boolean isLastRound = cluster.leased.contains(3);
      if (isLastRound && connected.size() > 1 && random.nextInt(20) == 0) {
        cluster.leave(connected.get(random.nextInt(connected.size())));
      }
      assertTrue(cluster.deliverOne(), "nobody has anything to say, and the job is not over");
    }
    Measurement last = cluster.measurements.get(cluster.measurements.size() - 1);
    assertEquals(3, last.round());
    assertTrue(last.test().isPresent());
  }

  @Test
  void aContributionThatCannotBeEndsItsSenderAndNotTheJob() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 1, 1);
    WorkerId good = cluster.join();
    while (cluster.leased.isEmpty()) {
      cluster.deliverOne();
    }
    Tally fine = new Tally(16, 1, 0, 0);
    List<Contribution> bad =
        List.of(
            new DenseContribution(0, 99, 0, new Tally(16, Double.NaN, 0, 0), new float[3]),
            new DenseContribution(0, 1, 7, fine, new float[3]),
            new DenseContribution(1, 1, 0, fine, new float[3]),
            new DenseContribution(0, 1, 0, fine, new float[2]),
            new DenseContribution(0, 1, 0, new Tally(-16, 1, 0, 0), new float[3]),
            new DenseContribution(0, 1, 0, new Tally(15, 1, 0, 0), new float[3]),
            new DenseContribution(0, 2, 0, fine, new float[3]),
            new DenseContribution(0, 1, 0, new Tally(16, 1, 17, 0), new float[3]),
            new DenseContribution(0, 1, 0, new Tally(16, 1, -2, 0), new float[3]),
            new DenseContribution(0, 1, 0, new Tally(16, 1, 0, 17), new float[3]));
    for (Contribution contribution : bad) {
      cluster.training().contributed(cluster.join(), contribution);
    }
    assertEquals(bad.size(), cluster.expelled.size());
    assertEquals(List.of(good), cluster.connected());
    cluster.training().contributed(good, new DenseContribution(0, 1, 0, fine, new float[3]));
    assertTrue(cluster.training().outcome().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(ints = {SimulatedCluster.CHUNK, 2})
  void aContributionThatIsDroppedOrRefusedGivesItsBufferBack(int length) {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 1, 1);
    WorkerId worker = cluster.join();
    while (cluster.leased.isEmpty()) {
      cluster.deliverOne();
    }
    float[] sums = cluster.buffers.take(length);
    WorkerId gone = new WorkerId(99, "gone");
    Tally fine = new Tally(16, 1, 0, 0);
    boolean isWhole = length == SimulatedCluster.CHUNK;
    cluster
        .training()
        .contributed(isWhole ? gone : worker, new DenseContribution(0, 1, 0, fine, sums));
    assertSame(sums, cluster.buffers.take(length));
  }

  @Test
  void aLossThatIsNotFiniteEndsTheJobNamingWorkerPartitionsAndRound() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 1, 1);
    WorkerId worker = cluster.join();
    cluster.runToRow(1);
    Tally diverged = new Tally(8, Double.POSITIVE_INFINITY, 0, 0);
    cluster.training().contributed(worker, new DenseContribution(2, 3, 0, diverged, new float[3]));
    String message = cluster.failure();
    assertTrue(message.contains("round 3"), message);
    assertTrue(message.contains("4 to 7"), message);
    assertTrue(message.contains(worker.name()), message);
    assertEquals(2, cluster.finalVersion);
  }

  @Test
  void aSumThatIsNotFiniteEndsTheJobNamingWorkerPartitionsLayerAndRound() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 1, 1);
    WorkerId worker = cluster.join();
    cluster.runToRow(1);
    float[] sums = {1, Float.NaN, 1};
    Tally fine = new Tally(8, 1, 0, 0);
    cluster.training().contributed(worker, new DenseContribution(2, 3, 0, fine, sums));
    String message = cluster.failure();
    assertTrue(
        message.startsWith(
            "round 3: the sum over partitions 4 to 7, from w1, is not finite in layer1.weight,"
                + " parameter 1"),
        message);
    assertEquals(2, cluster.finalVersion);
  }

  @Test
  void aSumThatOverflowsIsNotStepped() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 1, 1);
    WorkerId worker = cluster.join();
    cluster.runToRow(1);
    float[] large = {1, 3e38f, 1};
    Tally fine = new Tally(8, 1, 0, 0);
    cluster.training().contributed(worker, new DenseContribution(2, 2, 2, fine, large.clone()));
    cluster.training().contributed(worker, new DenseContribution(2, 3, 2, fine, large.clone()));
    String message = cluster.failure();
    assertTrue(message.contains("round 3"), message);
    assertTrue(message.contains("layer1.weight"), message);
    assertEquals(2, cluster.finalVersion);
  }

  @Test
  void aListenerThatBreaksAtTheEndDoesNotKeepTheJobFromEnding() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 1, 1);
    cluster.breaksAtEnd = Optional.of(new IllegalStateException("the pen is empty"));
    cluster.join();
    cluster.run(100_000);
    assertTrue(cluster.failure().contains("the pen is empty"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mode=sync", "mode=async"})
  void noMemoryForTheWeightsDoesNotKeepTheJobFromEnding(String mode) {
    SimulatedCluster cluster = new SimulatedCluster(job("gd", mode), 1, 1);
    cluster.breaksAtEnd = Optional.of(new OutOfMemoryError("Java heap space"));
    cluster.join();
    cluster.run(100_000);
    assertTrue(cluster.failure().contains("out of memory (Java heap space)"), cluster.failure());
    assertTrue(cluster.failure().contains("CORDEE_JAVA_OPTS=-Xmx"), cluster.failure());
    assertTrue(cluster.training().isOver(), "the workers are sent home");
  }

  @Test
  void whoeverLeavesBeforeTheStartTakesItsViewOfTheDataAlong() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 2, 1);
    WorkerId mistaken = cluster.join();
    cluster.found(mistaken, rows(17));
    cluster.leave(mistaken);
    cluster.join();
    cluster.join();
    cluster.run(100_000);
    assertEquals(List.of(), cluster.expelled);
    assertEquals(quietDigest("gd"), cluster.finalDigest);
  }

  @Test
  void aJobThatBreaksAsItIsInterruptedKeepsItsWeights() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd"), 1, 1);
    cluster.join();
    cluster.runToRow(2);
    Training training = cluster.training();
    training.tell(
        to -> {
          training.tell(next -> next.broken(new IllegalStateException("the disk is full")));
          to.interrupt("interrupted");
        });
    assertTrue(cluster.failure().contains("the disk is full"), cluster.failure());
    assertTrue(cluster.finalWeights.length > 0);
  }
}
