package io.cordee.cli.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.cordee.cli.option.DataOption;
import io.cordee.cli.option.JobOptions;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.Activation;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.model.Words;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.SimulatedCluster;
import io.cordee.worker.compute.HeldRows;
import io.cordee.worker.data.rows.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random small jobs on random tables: two teams get the same digests and measurements in every
 * round, and the same best weights.
 *
 * <p>{@code -Djobs=5000} runs more than the usual {@value #USUAL}, {@code -Djobs.seed=7} starts
 * from another seed. A failure prints its seed, which reproduces it.
 */
@Tag("slow")
class AnyJobTest {

  private static final int USUAL = 300;
  private static final int COUNT = Integer.getInteger("jobs", USUAL);
  private static final long FIRST = Long.getLong("jobs.seed", 1);
  private static final List<String> COLORS = List.of("red", "blue", "green", "");

  @TempDir private static Path folder;

  private record Result(List<String> rows, String bests) {}

  @Test
  void anyTwoTeamsAgree() throws IOException {
    int trained = 0;
    for (long seed = FIRST; seed < FIRST + COUNT; seed++) {
      try {
        trained += new Play(seed).agrees() ? 1 : 0;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("-Djobs.seed=" + seed + " -Djobs=1: " + e, e);
      }
    }
    // A small part of a small table may lack a class or a value.
    assertEquals(COUNT, trained, 0.1 * COUNT);
  }

  private static final class Play {

    private final Random random;
    private final long seed;
    private final boolean isRegression;
    private final boolean hasTexts;
    private final boolean hasGaps;
    private final boolean isSparse;

    /** Some of a category, a bag of words and hashed numbers; others are ignored. */
    private final String ids;

    private final int numbers;
    private final int classes;

    Play(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.isRegression = random.nextInt(3) == 0;
      this.isSparse = random.nextInt(4) == 0;
      this.hasTexts = !isSparse && random.nextBoolean();
      this.hasGaps = !isSparse && random.nextBoolean();
      this.ids =
          isSparse
              ? ""
              : any(
                  "",
                  "place: {dim: 3}",
                  "words: {dim: 2, split: ' ', pool: mean, min_count: 3}, place: {dim: 1}",
                  "user: {dim: 4, hash: 9}, words: {dim: 1, split: ' '}");
      this.numbers = isSparse ? 40 : 1 + random.nextInt(4);
      this.classes = 2 + random.nextInt(3);
    }

    /** False if the job cannot be trained. */
    boolean agrees() throws IOException {
      Path table = folder.resolve("table-" + seed + ".csv");
      Files.write(table, rows());
      try {
        Job job = counted(Files.writeString(folder.resolve("any.yaml"), job(table)));
        Result one = run(job, 1, 0);
        assertEquals(one, run(job, 2 + random.nextInt(2), seed));
        return true;
      } catch (DataException e) {
        return false;
      } finally {
        Files.delete(table);
      }
    }

    private static Job counted(Path file) {
      JobOptions options = new JobOptions();
      new DataOption().countLayers(options, Optional.of(file), line -> {});
      return JobFile.read(file, options.overrides());
    }

    private List<String> sparseRows() {
      return IntStream.range(0, 30 + random.nextInt(60))
          .mapToObj(
              row ->
                  (isRegression ? Double.toString(random.nextGaussian()) : "c" + row % classes)
                      + random
                          .ints(random.nextInt(4), 1, numbers + 1)
                          .distinct()
                          .mapToObj(feature -> " %d:%.3f".formatted(feature, random.nextGaussian()))
                          .collect(Collectors.joining()))
          .toList();
    }

    private List<String> rows() {
      if (isSparse) {
        return sparseRows();
      }
      List<String> lines = new ArrayList<>();
      StringBuilder header = new StringBuilder("label");
      for (int i = 0; i < numbers; i++) {
        header.append(",n").append(i);
      }
      lines.add(header + (hasTexts ? ",color" : "") + ",place,words,user");
      int count = 30 + random.nextInt(60);
      for (int row = 0; row < count; row++) {
        StringBuilder line = new StringBuilder();
        line.append(
            isRegression ? Double.toString(100 * random.nextGaussian()) : "c" + row % classes);
        for (int i = 0; i < numbers; i++) {
          boolean isGap = hasGaps && random.nextInt(9) == 0;
          line.append(isGap ? ",?" : String.format(Locale.ROOT, ",%.3f", number(i)));
        }
        line.append(hasTexts ? "," + COLORS.get(random.nextInt(hasGaps ? 4 : 3)) : "");
        lines.add(line + ",p%d,%s,%d".formatted(random.nextInt(7), words(), random.nextInt(20)));
      }
      return lines;
    }

    private String words() {
      return random
          .ints(random.nextInt(5), 0, 12)
          .mapToObj(word -> "w" + word)
          .collect(Collectors.joining(" "));
    }

    private double number(int column) {
      return random.nextGaussian() * Math.pow(10, column);
    }

    private String job(Path table) {
      boolean hasIndicator = hasGaps && random.nextInt(3) == 0;
      boolean hasOther = hasTexts && random.nextBoolean();
      String missing =
          !hasGaps ? "error" : hasIndicator ? any("mean", "median") : any("mean", "median", "drop");
      int texts = !hasTexts ? 0 : (hasGaps ? 4 : 3) + (hasOther ? 1 : 0);
      int inputs = numbers * (hasIndicator ? 2 : 1) + texts;
      boolean hasTable = isSparse || !ids.isEmpty();
      String optimizer = any(OptimizerCatalog.names().toArray(String[]::new));
      if (hasTable && optimizer.equals("newton")) {
        optimizer = "irprop-";
      }
      boolean hasCurvature = OptimizerCatalog.find(optimizer).orElseThrow().usesCurvature();
      boolean mayRegularize = !hasCurvature && random.nextBoolean();
      List<String> lines = new ArrayList<>();
      lines.add("model:");
      lines.add(
          "  layers: [%s%d, %d]"
              .formatted(
                  ids.isEmpty() ? inputs + ", " : "",
                  1 + random.nextInt(6),
                  isRegression ? 1 : classes));
      lines.add(
          "  activation: "
              + Words.of(Activation.values()[random.nextInt(Activation.values().length)]));
      if (isRegression) {
        lines.add("  output: linear");
      }
      if (isSparse) {
        lines.add("  sparse: true");
      }
      lines.add("data:");
      lines.add(
          isSparse
              ? "  train: {format: libsvm, file: %s%s}"
                  .formatted(
                      table,
                      isRegression
                          ? ""
                          : ", classes: "
                              + IntStream.range(0, classes).mapToObj(c -> "c" + c).toList())
              : "  train: {format: csv, file: %s, %s, ignore: %s}"
                  .formatted(
                      table,
                      isRegression ? "targets: [label]" : "label: label",
                      Stream.of("place", "words", "user")
                          .filter(column -> !ids.contains(column + ":"))
                          .toList()));
      if (!ids.isEmpty()) {
        lines.add("  ids: {" + ids + "}");
      }
      lines.add(
          "  split: {%stest: 0.2, seed: %d, stratify: %b}"
              .formatted(
                  random.nextBoolean() ? "validation: 0.2, " : "",
                  random.nextInt(99),
                  random.nextBoolean()));
      if (!isSparse) {
        lines.add(
            "  preprocess: {scale: %s, missing: %s%s%s%s}"
                .formatted(
                    any("none", "standardize", "minmax"),
                    missing,
                    hasIndicator ? ", indicator: true" : "",
                    hasTexts
                        ? ", categories: [color], unknown: " + (hasOther ? "other" : "error")
                        : "",
                    isRegression && random.nextBoolean() ? ", targets: standardize" : ""));
      }
      lines.add(
          "optimizer: {name: %s, gradient_noise: %s, l1: %s, weight_decay: %s%s}"
              .formatted(
                  optimizer,
                  any("0", "0.01"),
                  any("0", "0.001"),
                  any("0", "0.01"),
                  optimizer.equals("newton") ? "" : ", decay_biases: " + any("true", "false")));
      boolean isLocal = !hasTable && !hasCurvature && random.nextInt(3) == 0;
      lines.add(
          isLocal
              ? "local: {steps: %d, batch: %d, optimizer: %s}"
                  .formatted(1 + random.nextInt(5), 1 + random.nextInt(3), any("gd", "adam"))
              : "batch: " + any("full", "7", "12"));
      lines.add("partitions: " + (1 + random.nextInt(6)));
      lines.add("evaluate_every: " + (1 + random.nextInt(2)));
      lines.add(
          "compression: {gradients: %s, check_every: %s}"
              .formatted(
                  hasTable ? "float32" : any("float32", "bfloat16", "int8"), any("1", "16")));
      lines.add("checkpoint: {every: 0}");
      if (mayRegularize) {
        lines.add(
            "regularize: {dropout: %s%s}"
                .formatted(
                    any("0", "0.3"),
                    isRegression
                        ? ""
                        : any("", ", label_smoothing: 0.1", ", balance_classes: true")));
      }
      lines.add("stop: {rounds: %d}".formatted(2 + random.nextInt(4)));
      return String.join("\n", lines);
    }

    private String any(String... texts) {
      return texts[random.nextInt(texts.length)];
    }
  }

  private static Result run(Job job, int workers, long seed) {
    JobVector vector = JobVector.of(job);
    List<String> failures = new ArrayList<>();
    Random none = new Random(seed);
    SimulatedCluster cluster =
        new SimulatedCluster(
            job,
            InitialWeights.of(job.model()),
            vector.chunks(),
            workers,
            seed,
            1,
            (of, link) ->
                new JobWorker(
                    job,
                    new HeldRows(job, List.of(folder)),
                    vector.chunks(),
                    1,
                    link,
                    none,
                    0,
                    failures));
    for (int i = 0; i < workers; i++) {
      cluster.join();
    }
    cluster.run(1_000_000);
    assertEquals(List.of(), cluster.expelled);
    Outcome outcome = cluster.training().outcome().orElseThrow();
    if (!(outcome instanceof Outcome.Failed failed && failed.message().contains("not finite"))) {
      assertEquals(List.of(), failures);
      assertInstanceOf(Outcome.Completed.class, outcome);
    }
    return new Result(
        cluster.measurements.stream().map(AnyJobTest::row).toList(), cluster.bests.toString());
  }

  /** All but the times. */
  private static String row(Measurement measured) {
    return String.join(
        " ",
        Integer.toString(measured.round()),
        measured.digest(),
        measured.train().toString(),
        measured.evaluated().toString(),
        measured.best().toString());
  }
}
