package io.cordee.cli.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.Typed;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.InitialWeights;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.SimulatedCluster;
import io.cordee.server.training.SimulatedCluster.Trouble;
import io.cordee.worker.compute.HeldRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The real server and workers on a simulated network, clock and threads: whatever happens, every
 * round has the digest and sums of an undisturbed run, so every partition has entered it once.
 *
 * <p>{@code -Dsimulation.seeds=5000} plays more than the usual {@value #USUAL}, {@code
 * -Dsimulation.seed=7} starts from another seed. A failure prints its seed, which reproduces it.
 */
@Timeout(3600)
class SimulatedTeamTest {

  private static final int USUAL = 25;
  private static final int SEEDS = Integer.getInteger("simulation.seeds", USUAL);
  private static final long FIRST = Long.getLong("simulation.seed", 1);

  private static final int ROUNDS = 5;
  private static final int PARTITIONS = 8;
  private static final int TRAIN_ROWS = 21;
  private static final int BATCH = 9;
  private static final int TEST_ROWS = 6;
  private static final int FEATURES = 8;
  private static final long SECOND = 1_000_000_000;
  private static final long MILLI = 1_000_000;

  private static final String SPARSE_DATA =
      Stream.of("train", "validation", "test")
          .map(it -> it + ": {format: libsvm, file: " + it + ".svm, classes: ['0', '1']}")
          .collect(Collectors.joining(", ", "data={", "}"));

  /** They differ in what is sent, and in what a step waits for. */
  private static final List<List<String>> JOBS =
      List.of(
          List.of("optimizer.name=gd"),
          List.of("optimizer.name=nesterov"),
          List.of("optimizer.name=adam", "optimizer.clip_norm=0.5"),
          List.of("optimizer.name=newton"),
          List.of("optimizer.name=rprop", "compression.weights=floats"),
          List.of("optimizer.name=rprop", "compression.check_every=1"),
          List.of("optimizer.name=irprop+", "compression.check_every=1"),
          List.of("optimizer.name=lion", "compression.check_every=1"),
          List.of("optimizer.name=nesterov", "local={steps: 3, batch: 2, optimizer: adam}"),
          List.of(
              "optimizer.name=rprop",
              "local={steps: 2, batch: 1, optimizer: gd}",
              "compression.check_every=1"),
          List.of(
              "optimizer.name=rprop", "compression.gradients=int8", "compression.check_every=1"),
          List.of("optimizer.name=newton", "compression.gradients=bfloat16"),
          List.of(
              "optimizer.name=nesterov",
              "local={steps: 3, batch: 2, optimizer: gd}",
              "compression.gradients=int8"),
          List.of(
              "optimizer.name=irprop+",
              "compression.check_every=1",
              "model.sparse=true",
              SPARSE_DATA),
          List.of(
              "optimizer.name=nesterov", "optimizer.l1=0.001", "model.sparse=true", SPARSE_DATA),
          List.of("optimizer.name=nesterov", "batch=" + BATCH, "model.sparse=true", SPARSE_DATA),
          List.of(
              "optimizer.name=adam", "optimizer.clip_norm=0.5", "model.sparse=true", SPARSE_DATA),
          List.of("optimizer.name=adam", "batch=" + BATCH, "model.sparse=true", SPARSE_DATA));

  private static final Map<List<String>, List<String>> QUIET = new HashMap<>();

  /** A hash of the best weights, by their round. */
  private static final Map<List<String>, Map<Integer, Integer>> QUIET_BESTS = new HashMap<>();

  @TempDir private static Path data;

  /** By the job, as in a worker that has been connected before. */
  private static final Map<List<String>, HeldRows> ROWS = new HashMap<>();

  @BeforeAll
  static void writeRows() throws IOException {
    Random random = new Random(1);
    Files.write(data.resolve("train.csv"), rows(TRAIN_ROWS, random));
    Files.write(data.resolve("test.csv"), rows(TEST_ROWS, random));
    Files.write(data.resolve("validation.csv"), rows(TEST_ROWS, random));
    Files.write(data.resolve("train.svm"), sparseRows(TRAIN_ROWS, random));
    Files.write(data.resolve("test.svm"), sparseRows(TEST_ROWS, random));
    Files.write(data.resolve("validation.svm"), sparseRows(TEST_ROWS, random));
  }

  /** With two features each at most. */
  private static List<String> sparseRows(int count, Random random) {
    List<String> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      int feature = 1 + random.nextInt(FEATURES);
      int other = 1 + random.nextInt(FEATURES);
      rows.add(
          random.nextInt(2)
              + String.format(Locale.ROOT, " %d:%.2f", feature, random.nextGaussian())
              + (other > feature ? " " + other + ":1" : ""));
    }
    return rows;
  }

  private static List<String> rows(int count, Random random) {
    List<String> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      StringBuilder line = new StringBuilder().append(random.nextInt(2));
      for (int feature = 0; feature < FEATURES; feature++) {
        line.append(String.format(Locale.ROOT, ",%.2f", random.nextGaussian()));
      }
      rows.add(line.toString());
    }
    return rows;
  }

  @Tag("slow")
  @Test
  void whateverHappensEveryRoundIsAsIfNothingHadHappened() {
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      try {
        new Play(seed).run();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("-Dsimulation.seed=" + seed + " -Dsimulation.seeds=1: " + e, e);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 8, 10, 11, 12, 13, 14, 15, 17})
  void whenNothingHappensTheRoundsAreThoseOfTheCommand(int job, @TempDir Path folder)
      throws IOException {
    List<String> overrides = overrides(JOBS.get(job), 2);
    Path file = folder.resolve("job.yaml");
    Files.writeString(file, JobFile.write(job(overrides)));
    assertEquals(
        Typed.train(folder.resolve("run"), file.toString(), "--data=" + data).digests(),
        quiet(overrides).stream().map(row -> row.substring(0, row.indexOf(' '))).toList());
  }

  private static final class Play {

    private final Random random;
    private final long seed;
    private final int shards;
    private final List<String> overrides;
    private final List<String> failures = new ArrayList<>();
    private final double wrongSigns;
    private SimulatedCluster cluster;
    private int restarts;

    Play(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      int chunks = 2 + random.nextInt(2);
      this.shards = 1 + random.nextInt(chunks);
      this.overrides = overrides(JOBS.get(random.nextInt(JOBS.size())), chunks);
      this.wrongSigns = random.nextBoolean() ? 0.05 : 0;
    }

    void run() {
      cluster = cluster(overrides, 2, seed, shards, wrongSigns, failures);
      begin();
      if (random.nextInt(3) == 0) {
        // Reordered only: while no time passes, nothing may depend on a timeout.
        cluster.run(1_000_000);
      }
      while (cluster.training().outcome().isEmpty()) {
        disturb();
        if (!cluster.deliverOne()) {
          cluster.pass(50 * MILLI);
        }
        restartIfSuspended();
      }
      cluster.connected().forEach(id -> cluster.trouble(id, Trouble.NONE));
      cluster.runInTime(600 * SECOND);
      check();
      assertInstanceOf(Outcome.Completed.class, cluster.training().outcome().orElseThrow());
      assertEquals(
          quiet(overrides).get(ROUNDS).split(" ")[0], cluster.finalDigest, overrides::toString);
    }

    private void begin() {
      cluster.leaseTwiceRate = 0.2;
      cluster.earlyRate = 0.5;
      cluster.join();
      cluster.join();
      if (random.nextBoolean()) {
        cluster.join();
      }
    }

    private void disturb() {
      List<WorkerId> connected = cluster.connected();
      int event = random.nextInt(150);
      if (connected.isEmpty() || event == 0 && connected.size() < 5) {
        cluster.join();
      } else if (event < 8) {
        WorkerId worker = connected.get(random.nextInt(connected.size()));
        switch (event) {
          case 1, 2 -> cluster.cutOff(worker);
          case 3 -> cluster.trouble(worker, Trouble.HANGS);
          case 4 -> cluster.trouble(worker, Trouble.STICKS);
          case 5, 6 -> cluster.trouble(worker, Trouble.NONE);
          default -> cluster.slow(worker, random.nextInt(400) * MILLI);
        }
      } else if (event == 8 && shards > 1 && restarts < 2 && !cluster.measurements.isEmpty()) {
        cluster.lose(1 + random.nextInt(shards - 1));
      } else if (event < 12) {
        cluster.pass((long) (Math.pow(random.nextDouble(), 3) * 8 * SECOND));
      }
      if (cluster.connected().stream().noneMatch(id -> cluster.troubleOf(id) == Trouble.NONE)) {
        // Those left recover in the end.
        cluster.connected().forEach(id -> cluster.trouble(id, Trouble.NONE));
      }
    }

    /** After the loss of a shard all processes restart from their disks. */
    private void restartIfSuspended() {
      if (cluster.training().outcome().filter(Outcome.Suspended.class::isInstance).isPresent()) {
        check();
        restarts++;
        cluster = cluster.restarted(1, random.nextLong());
        begin();
      }
    }

    private void check() {
      // A worker may hang before it has said what data it finds.
      cluster.expelled.removeIf(reason -> reason.startsWith("nothing heard for "));
      assertEquals(List.of(), cluster.expelled);
      assertEquals(List.of(), failures);
      List<String> quiet = quiet(overrides);
      for (Measurement measured : cluster.measurements) {
        assertEquals(quiet.get(measured.round()), row(measured), () -> "round " + measured.round());
      }
      cluster.bests.forEach(
          (round, weights) -> assertEquals(QUIET_BESTS.get(overrides).get(round), weights));
    }
  }

  /** The digest and the measurements of every round. */
  private static synchronized List<String> quiet(List<String> overrides) {
    return QUIET.computeIfAbsent(
        overrides,
        o -> {
          List<String> failures = new ArrayList<>();
          SimulatedCluster one = cluster(o, 1, 0, 1, 0, failures);
          one.join();
          one.run(1_000_000);
          assertEquals(List.of(), failures);
          assertEquals(ROUNDS + 1, one.measurements.size());
          for (Measurement measured : one.measurements) {
            int expected = o.contains("batch=" + BATCH) ? BATCH : TRAIN_ROWS;
            assertEquals(expected, measured.train().rows());
            assertTrue(measured.test().isEmpty() || measured.test().get().rows() == TEST_ROWS);
          }
          assertTrue(one.bests.containsKey(0));
          QUIET_BESTS.put(o, one.bests);
          return one.measurements.stream().map(SimulatedTeamTest::row).toList();
        });
  }

  private static String row(Measurement measured) {
    return String.join(
        " ",
        measured.digest(),
        measured.train().toString(),
        measured.evaluated().toString(),
        measured.best().toString());
  }

  private static SimulatedCluster cluster(
      List<String> overrides,
      int minWorkers,
      long seed,
      int shards,
      double wrongSigns,
      List<String> failures) {
    Job job = job(overrides);
    JobVector vector = JobVector.of(job);
    HeldRows rows = ROWS.computeIfAbsent(overrides, o -> new HeldRows(job, List.of(data)));
    Random bits = new Random(seed);
    return new SimulatedCluster(
        job,
        InitialWeights.of(job.model()),
        vector.chunks(),
        minWorkers,
        seed,
        shards,
        (cluster, link) ->
            new JobWorker(job, rows, vector.chunks(), shards, link, bits, wrongSigns, failures));
  }

  private static List<String> overrides(List<String> job, int chunks) {
    List<String> overrides = new ArrayList<>(job);
    // Just enough parameters for these chunks.
    overrides.add("model.layers=[" + FEATURES + ", " + (chunks == 2 ? 5_960 : 11_920) + ", 2]");
    return overrides;
  }

  private static Job job(List<String> overrides) {
    return JobFile.parse(
        String.join(
            "\n",
            "name: simulated",
            "model: {layers: [8, 2]}",
            "data:",
            "  train: {format: csv, header: false, file: train.csv, label: 0}",
            "  test: {format: csv, header: false, file: test.csv, label: 0}",
            "  validation: {format: csv, header: false, file: validation.csv, label: 0}",
            "optimizer: {name: gd}",
            "partitions: " + PARTITIONS,
            "evaluate_every: 2",
            "checkpoint: {every: 1}",
            "stop: {rounds: " + ROUNDS + "}"),
        "simulated.yaml",
        overrides);
  }
}
