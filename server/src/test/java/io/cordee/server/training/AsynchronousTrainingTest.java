package io.cordee.server.training;

import static io.cordee.server.training.SimulatedJob.PARTITIONS;
import static io.cordee.server.training.SimulatedJob.ROUNDS;
import static io.cordee.server.training.SimulatedJob.job;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.round.DenseContribution;
import io.cordee.server.team.WorkerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AsynchronousTrainingTest {

  private static final int ROWS = PARTITIONS * MadeUpWork.ROWS_PER_PARTITION;
  private static final List<String> OPTIMIZERS =
      List.of("gd", "momentum", "nesterov", "rmsprop", "adam");

  @ParameterizedTest
  @ValueSource(
      strings = {"gd", "momentum", "nesterov", "rmsprop", "adam", "signsgd", "signum", "lion"})
  void oneWorkerThatSendsWholeRoundsTakesTheStepsOfSynchronousTraining(String optimizer) {
    SimulatedCluster sync = quiet(optimizer, "mode=sync", "optimizer.schedule=cosine");
    SimulatedCluster async =
        quiet(optimizer, "mode=async", "staleness=3", "optimizer.schedule=cosine");
    assertEquals(sync.finalDigest, async.finalDigest);
    assertEquals(ROUNDS, async.finalVersion);
    assertEquals(
        sync.measurements.stream().map(Measurement::round).toList(),
        async.measurements.stream().map(Measurement::round).toList());
    assertEquals(
        sync.measurements.stream().map(Measurement::test).toList(),
        async.measurements.stream().map(Measurement::test).toList());
  }

  @Property(tries = 300)
  void aFixedTeamFinishesEveryRoundWithEveryRowAndWithinTheStaleness(
      @ForAll @IntRange(min = 0, max = 4) int optimizer,
      @ForAll @IntRange(min = 1, max = 7) int workers,
      @ForAll @IntRange(min = 0, max = 4) int staleness,
      @ForAll long seed) {
    SimulatedCluster cluster =
        new SimulatedCluster(
            job(OPTIMIZERS.get(optimizer), "mode=async", "staleness=" + staleness), workers, seed);
    cluster.joinAll(workers);
    cluster.run(1_000_000);
    assertTrue(cluster.furthestAhead <= staleness, "ahead by " + cluster.furthestAhead);
    assertEquals(
        IntStream.rangeClosed(0, ROUNDS).boxed().toList(),
        cluster.measurements.stream().map(Measurement::round).toList());
    for (Measurement measurement : cluster.measurements) {
      assertEquals(ROWS, measurement.train().rows(), "rows of round " + measurement.round());
      assertEquals(measurement.round() % 2 == 0, measurement.test().isPresent());
    }
    assertEquals(ROUNDS, cluster.finalVersion);
  }

  @Property(tries = 300)
  void workersThatJoinAndLeaveAtAnyTimeNeitherBlockItNorBreakTheStaleness(
      @ForAll @IntRange(min = 0, max = 4) int optimizer,
      @ForAll @IntRange(min = 0, max = 4) int staleness,
      @ForAll long seed) {
    Random random = new Random(seed);
    SimulatedCluster cluster =
        new SimulatedCluster(
            job(OPTIMIZERS.get(optimizer), "mode=async", "staleness=" + staleness), 1, seed);
    cluster.join();
    while (cluster.training().outcome().isEmpty()) {
      int event = random.nextInt(60);
      List<WorkerId> connected = cluster.connected();
      if (event == 0 && !connected.isEmpty()) {
        cluster.leave(connected.get(random.nextInt(connected.size())));
      } else if (event == 1 && connected.size() < 9 || connected.isEmpty()) {
        cluster.join();
      } else if (!cluster.deliverOne()) {
        throw new AssertionError("nobody has anything to say, and the job is not over");
      }
    }
    cluster.run(1_000_000);
    assertInstanceOf(Outcome.Completed.class, cluster.training().outcome().orElseThrow());
    assertTrue(cluster.furthestAhead <= staleness, "ahead by " + cluster.furthestAhead);
    assertEquals(List.of(), cluster.expelled);
    assertEquals(ROUNDS, cluster.finalVersion);
    for (Measurement measurement : cluster.measurements) {
      assertTrue(measurement.train().rows() <= ROWS, "rows of round " + measurement.round());
    }
    Measurement last = cluster.measurements.get(cluster.measurements.size() - 1);
    assertEquals(ROWS, last.train().rows());
    assertEquals(MadeUpWork.TEST_ROWS, last.test().orElseThrow().rows());
  }

  /** At a tiny learning rate gradients hardly change, so that steps add up. */
  @Property(tries = 100)
  void everyContributionIsAppliedOnceToEveryChunk(
      @ForAll @IntRange(min = 1, max = 7) int workers,
      @ForAll @IntRange(min = 0, max = 3) int staleness,
      @ForAll long seed) {
    Job job = job("gd", "mode=async", "staleness=" + staleness, "optimizer.learning_rate=1e-9");
    int parameters = job.model().layout().parameters();
    Chunks chunks = new Chunks(parameters, SimulatedCluster.CHUNK, 1);
    SimulatedCluster cluster =
        new SimulatedCluster(
            job, new float[parameters], chunks, workers, seed, 1, MadeUpWorker::new);
    cluster.joinAll(workers);
    cluster.run(1_000_000);
    MadeUpWork work = new MadeUpWork(chunks, new ReductionTree(PARTITIONS));
    double[] expected = new double[parameters];
    for (int partition = 0; partition < PARTITIONS; partition++) {
      float[] sums = work.sums(new float[parameters], partition);
      for (int i = 0; i < parameters; i++) {
        expected[i] -= 1e-9 * ROUNDS * sums[i] / ROWS;
      }
    }
    for (int i = 0; i < parameters; i++) {
      assertEquals(expected[i], cluster.finalWeights[i], 1e-4 * 1e-9, "parameter " + i);
    }
  }

  @Test
  void whoIsFasterShows() {
    List<String> digests = new ArrayList<>();
    for (int seed = 0; seed < 5; seed++) {
      SimulatedCluster cluster = new SimulatedCluster(job("gd", "mode=async"), 3, seed);
      cluster.joinAll(3);
      cluster.run(1_000_000);
      digests.add(cluster.finalDigest);
    }
    assertNotEquals(1, digests.stream().distinct().count());
  }

  @Test
  void aWorkerMayBeAsFarAheadAsTheStaleness() {
    int furthest = 0;
    for (int seed = 0; seed < 30; seed++) {
      SimulatedCluster cluster =
          new SimulatedCluster(job("gd", "mode=async", "staleness=2"), 3, seed);
      cluster.joinAll(3);
      cluster.run(1_000_000);
      furthest = Math.max(furthest, cluster.furthestAhead);
    }
    assertEquals(2, furthest);
  }

  @Test
  void itSaysOnceThatDigestsWillDiffer() {
    SimulatedCluster cluster = quiet("gd", "mode=async");
    assertEquals(1, cluster.warnings.size());
    assertTrue(cluster.warnings.get(0).contains("digests differ from run to run"));
    List<String> digests = cluster.measurements.stream().map(Measurement::digest).toList();
    assertEquals(
        List.of("", "", "", "", "", "", cluster.finalDigest), digests, "only the last has one");
  }

  @Test
  void aLossThatIsLowEnoughEndsItWithTheRoundsUnderWay() {
    // The made-up loss of round r is 1 / (r + 1).
    SimulatedCluster cluster = quiet("gd", "mode=async", "staleness=0", "stop.loss=0.4");
    assertEquals(
        "completed after 3 rounds (the loss asked for is reached)",
        cluster.training().outcome().orElseThrow().message());
    assertEquals(3, cluster.finalVersion);
  }

  @Test
  void anAccuracyThatIsReachedEndsIt() {
    // The made-up accuracy is 0 in even rounds, which are the ones that are evaluated, 1 in odd.
    SimulatedCluster cluster =
        quiet("gd", "mode=async", "evaluate_every=3", "staleness=0", "stop.accuracy=0.9");
    assertEquals(
        "completed after 4 rounds (the accuracy asked for is reached)",
        cluster.training().outcome().orElseThrow().message());
  }

  @Test
  void aSumThatIsNotFiniteFailsTheJobAndIsNotApplied() {
    SimulatedCluster cluster = started();
    float[] sums = new float[SimulatedCluster.CHUNK];
    sums[1] = Float.POSITIVE_INFINITY;
    contribute(cluster, 0, ReductionTree.ROOT, new Tally(ROWS, 1, 0, 0), sums);
    assertEquals(
        "round 1: the sum over partitions 0 to 7, from w1, is not finite in layer1.weight,"
            + " parameter 1; a smaller learning rate or step may help",
        cluster.failure());
    assertEquals(-0.4f, cluster.finalWeights[1]);
  }

  @Test
  void aLossThatIsNotFiniteFailsTheJob() {
    SimulatedCluster cluster = started();
    float[] sums = new float[SimulatedCluster.CHUNK];
    contribute(cluster, 0, ReductionTree.ROOT, new Tally(ROWS, Double.NaN, 0, 0), sums);
    assertTrue(
        cluster.failure().startsWith("round 1: the loss over partitions 0 to 7, from w1, is not"),
        cluster.failure());
  }

  @Test
  void interruptedInItsFirstRoundItKeepsWhatWasApplied() {
    SimulatedCluster cluster = started();
    float[] sums = new float[SimulatedCluster.CHUNK];
    sums[1] = ROWS;
    contribute(cluster, 0, ReductionTree.ROOT, new Tally(ROWS, 1, 0, 0), sums);
    cluster.training().tell(to -> to.interrupt("stopped"));
    assertEquals("stopped after 0 rounds", cluster.training().outcome().orElseThrow().message());
    assertEquals(0, cluster.finalVersion);
    assertTrue(cluster.finalWeights[1] < -0.4f, "weight " + cluster.finalWeights[1]);
    assertNotEquals("", cluster.finalDigest);
  }

  @Test
  void aWorkerThatIsLostWhileTheLastWeightsAreMeasuredIsReplaced() {
    for (int seed = 0; seed < 50; seed++) {
      SimulatedCluster cluster = new SimulatedCluster(job("gd", "mode=async"), 2, seed);
      cluster.joinAll(2);
      while (!cluster.leased.contains(ROUNDS)) {
        cluster.deliverOne();
      }
      cluster.cutOff(cluster.connected().get(seed % 2));
      cluster.run(1_000_000);
      assertInstanceOf(Outcome.Completed.class, cluster.training().outcome().orElseThrow());
      Measurement last = cluster.measurements.get(ROUNDS);
      assertEquals(ROUNDS, last.round());
      assertEquals(ROWS, last.train().rows());
      assertEquals(MadeUpWork.TEST_ROWS, last.test().orElseThrow().rows());
    }
  }

  @Test
  void whatAWorkerWasNotAskedForIsRefused() {
    SimulatedCluster cluster = started();
    Tally whole = new Tally(ROWS, 1, 0, 0);
    contribute(cluster, 1, ReductionTree.ROOT, whole, new float[SimulatedCluster.CHUNK]);
    assertEquals(
        List.of("contribution refused: it has not been asked for version 1"), cluster.expelled);
    cluster = started();
    contribute(cluster, -1, ReductionTree.ROOT, whole, new float[SimulatedCluster.CHUNK]);
    assertEquals(
        List.of("contribution refused: versions count from 0; found version -1"), cluster.expelled);
    cluster = started();
    contribute(cluster, 0, 99, Tally.NONE, new float[SimulatedCluster.CHUNK]);
    assertEquals(
        List.of("contribution refused: no node 99 in a tree over 8 partitions"), cluster.expelled);
    cluster = started();
    contribute(cluster, 0, 1, Tally.NONE, new float[1]);
    assertEquals(List.of("contribution refused: chunk 0 has 3 floats; found 1"), cluster.expelled);
  }

  private static void contribute(
      SimulatedCluster cluster, int version, int node, Tally tally, float[] sums) {
    WorkerId worker = cluster.connected().get(0);
    cluster.training().contributed(worker, new DenseContribution(version, node, 0, tally, sums));
  }

  /** One worker that has been asked for round 0 and has sent nothing. */
  private static SimulatedCluster started() {
    SimulatedCluster cluster = new SimulatedCluster(job("gd", "mode=async"), 1, 1);
    cluster.join();
    while (cluster.leased.isEmpty()) {
      cluster.deliverOne();
    }
    return cluster;
  }

  /** One worker, which sends one contribution a round. */
  private static SimulatedCluster quiet(String optimizer, String... more) {
    SimulatedCluster cluster = new SimulatedCluster(job(optimizer, more), 1, 0);
    cluster.leafRate = 0;
    cluster.join();
    cluster.run(1_000_000);
    return cluster;
  }
}
