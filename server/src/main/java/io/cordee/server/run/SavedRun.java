package io.cordee.server.run;

import io.cordee.common.job.Best;
import io.cordee.common.job.Job;
import io.cordee.common.job.StopConditions;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.file.Found;
import io.cordee.common.job.file.JobChange;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.ModelFile;
import io.cordee.server.training.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the folder of a run says, whether or not the run is over. */
public final class SavedRun {

  // Keys of a model's metadata, beside those of its columns.
  public static final String JOB = "job";
  public static final String OUTCOME = "outcome";
  public static final String ROWS_PER_ROUND = "rows_per_round";
  public static final String ROUNDS = "rounds";
  private static final String DIGEST = "digest";

  private SavedRun() {}

  /** What a model says of the run that trained it; {@code rowsPerRound} is 0 if not known. */
  static Map<String, String> metadata(
      Job job, int rounds, String digest, Outcome outcome, Columns columns, long rowsPerRound) {
    Map<String, String> metadata = metadata(job, rounds, columns);
    metadata.put(DIGEST, digest);
    metadata.put(OUTCOME, outcome.message());
    if (rowsPerRound > 0) {
      metadata.put(ROWS_PER_ROUND, Long.toString(rowsPerRound));
    }
    return metadata;
  }

  static Map<String, String> bestMetadata(Job job, Best best, Columns columns) {
    Map<String, String> metadata = metadata(job, best.round(), columns);
    metadata.put(job.stop().monitor().column(), Double.toString(best.figure()));
    return metadata;
  }

  private static Map<String, String> metadata(Job job, int rounds, Columns columns) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(JOB, JobFile.write(job));
    metadata.put(ROUNDS, Integer.toString(rounds));
    if (columns.areKnown()) {
      metadata.put(Found.COLUMNS, columns.features());
    }
    if (!columns.targets().isEmpty()) {
      metadata.put(Found.TARGETS, columns.targets());
    }
    if (!columns.encoding().isNone()) {
      metadata.put(Found.ENCODING, columns.encoding().toText());
    }
    if (!columns.classes().isEmpty()) {
      metadata.put(Found.CLASSES, columns.classes());
    }
    if (!columns.split().isEmpty()) {
      metadata.put(Found.SPLIT, columns.split());
    }
    return metadata;
  }

  /**
   * The job that a run was begun with.
   *
   * @throws IOException if the folder holds none
   */
  public static Job job(Path folder, String... overrides) throws IOException {
    Path file = folder.resolve(RunFiles.JOB);
    if (!Files.exists(file)) {
      throw new IOException(folder + " holds no run (job.yaml); give the folder of an earlier run");
    }
    return JobFile.read(file, List.of(overrides));
  }

  /** How many rounds a run has by its rows, or by its weights if rows were lost. */
  static int rounds(Path run, MetricsFile metrics) {
    int kept = Math.max(rounds(run.resolve(RunFiles.MODEL)), rounds(run.resolve(RunFiles.BEST)));
    return Math.max(kept, metrics.next() - 1);
  }

  /** Checks that a run's rounds would not be cut off. */
  static void requireNoFewer(Path run, int roundsHad, int rounds) {
    if (rounds < roundsHad) {
      throw new JobException(
          "%s already has %d rounds; found stop conditions that end it at round %d; give more rounds or epochs"
              .formatted(run, roundsHad, rounds));
    }
  }

  /**
   * The best weights that a run has kept, of which round, and by which figure; empty if it has kept
   * none.
   *
   * @throws IOException if the file cannot be read
   */
  public static Optional<BestSoFar> best(Path folder, Job job) throws IOException {
    Path file = folder.resolve(RunFiles.BEST);
    if (!job.keepsBest() || Files.notExists(file)) {
      return Optional.empty();
    }
    ModelFile model = ModelFile.read(file);
    String figure = model.metadata().getOrDefault(job.stop().monitor().column(), "");
    try {
      Best best = new Best(rounds(file), Double.parseDouble(figure));
      return Optional.of(new BestSoFar(best, model.parameters()));
    } catch (NumberFormatException e) {
      return Optional.empty(); // chosen by another measure
    }
  }

  /** The best weights of a run that may not be over. */
  public record BestSoFar(Best best, float[] weights) {}

  /** How many rounds the weights in a file have behind them; -1 if there are none. */
  static int rounds(Path file) {
    try {
      return Integer.parseInt(ModelFile.readCheckedMetadata(file).getOrDefault(ROUNDS, "-1"));
    } catch (IOException | NumberFormatException e) {
      return -1;
    }
  }

  /**
   * How a run was completed, if this job has nothing to add to it: its model says so, and the last
   * row of the metrics is that of the model. A model is written when all else is.
   */
  public static Optional<Outcome.Completed> completed(Path folder, Job job) {
    Path file = folder.resolve(RunFiles.MODEL);
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    try {
      Map<String, String> model = ModelFile.readCheckedMetadata(file);
      int rounds = Integer.parseInt(model.getOrDefault(ROUNDS, "-1"));
      Job before = JobFile.parse(model.getOrDefault(JOB, ""), RunFiles.MODEL, List.of());
      return Outcome.completed(rounds, model.getOrDefault(OUTCOME, ""))
          .filter(outcome -> JobChange.reason(before, job).isEmpty())
          .filter(outcome -> isMet(before.stop(), job.stop(), outcome, rounds))
          .filter(outcome -> isLastRow(folder, job, rounds, model.getOrDefault(DIGEST, "")));
    } catch (IOException | JobException | NumberFormatException e) {
      // A resume replaces what is wrong.
      return Optional.empty();
    }
  }

  /**
   * Returns whether what ended the run still does: of another condition than rounds, however many
   * more.
   */
  private static boolean isMet(
      StopConditions before, StopConditions now, Outcome.Completed outcome, int rounds) {
    boolean isByRounds = outcome.equals(Outcome.completed(rounds, Reason.ROUNDS));
    return isByRounds
        ? before.rounds() == now.rounds() && before.epochs().equals(now.epochs())
        : now.rounds() >= rounds && before.upTo(now.rounds(), now.epochs()).equals(now);
  }

  private static boolean isLastRow(Path folder, Job job, int round, String digest) {
    Path metrics = folder.resolve(RunFiles.METRICS);
    if (Files.notExists(metrics)) {
      return true; // deleted metrics lack no row
    }
    try {
      MetricsFile rows = MetricsFile.resume(metrics, job);
      return rows.next() == round + 1 && rows.digest().equals(digest);
    } catch (IOException e) {
      return false;
    }
  }
}
