package io.cordee.server.run;

import io.cordee.common.job.Best;
import io.cordee.common.job.Job;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.file.Found;
import io.cordee.common.job.file.JobChange;
import io.cordee.common.job.file.JobException;
import io.cordee.common.model.ModelFile;
import io.cordee.common.model.ModelFileException;
import io.cordee.common.text.Advice;
import io.cordee.server.checkpoint.CheckpointFolder;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The folder of a run: {@code job.yaml}, {@code metrics.csv}, {@code model.safetensors} and, where
 * the job keeps its best weights, {@code best.safetensors}.
 *
 * <p>A resumed run stays unchanged until its first new round is over, whatever fails before.
 */
public final class RunFolder implements TrainingListener, AutoCloseable {

  /** How far the run has come by this process. */
  private enum Stage {
    /** It is resumed, and stays as it was so far. */
    RESUMED,
    /** It is new, and gone when it is closed. */
    BEGUN,
    /** The same, but its first round has begun. */
    STARTED,
    /** There is something to keep. */
    KEPT
  }

  private final OwnFolder folder;
  private final Job job;
  private final MetricsFile metrics;
  private final BestFile bestFile;
  private Consumer<String> warn = warning -> {};
  private LastWriting patience = LastWriting.PATIENT;

  /** True if the last rows could not be written. */
  private boolean isInTrouble;

  private long rowsPerRound;

  /** How many rounds the run had when it was resumed. */
  private int roundsHad;

  /** What is in the folder beside the job, but for the columns before the run has started. */
  private Found found;

  private volatile Stage stage;

  /** Leads to it, while it is the last run. */
  private Optional<LastRun> last = Optional.empty();

  private RunFolder(OwnFolder folder, Job job, MetricsFile metrics, Found found, Stage stage) {
    this.folder = folder;
    this.job = job;
    this.metrics = metrics;
    this.bestFile = new BestFile(folder.path(), job);
    this.found = found;
    this.stage = stage;
  }

  /**
   * Makes the folder, writes the job with what is found already, and starts the metrics.
   *
   * @throws IOException if it cannot be written, or is not {@linkplain RunFiles#requireFree free}
   */
  public static RunFolder create(Path path, Job job, Found found) throws IOException {
    OwnFolder folder = OwnFolder.free(path);
    Found known = found.ofNewRun();
    try {
      return new RunFolder(folder, job, folder.begin(job, known), known, Stage.BEGUN);
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /**
   * Resumes a run, with what is found anew; else what was found before holds.
   *
   * @throws IOException if there is none, it is another job's, or another process writes to it
   * @throws JobException if it has more rounds than the job
   */
  public static RunFolder resume(Path path, Job job, Found found) throws IOException {
    Optional<String> change = JobChange.reason(SavedRun.job(path), job);
    if (change.isPresent()) {
      throw new IOException(path + ": " + change.get());
    }
    OwnFolder folder = OwnFolder.ofRun(path);
    try {
      MetricsFile metrics = MetricsFile.resume(path.resolve(RunFiles.METRICS), job);
      Found known = found.or(RunFiles.found(path));
      RunFolder run = new RunFolder(folder, job, metrics, known, Stage.RESUMED);
      run.roundsHad = SavedRun.rounds(path, metrics);
      SavedRun.requireNoFewer(path, run.roundsHad, job.stop().rounds());
      return run;
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  public Path path() {
    return folder.path();
  }

  /** The file with a row for each round. */
  public Path metrics() {
    return path().resolve(RunFiles.METRICS);
  }

  public Path checkpoints() {
    return path().resolve(RunFiles.CHECKPOINTS);
  }

  /**
   * The latest version to resume from such that every round has its row: a checkpoint may exist
   * before its round is over, or before the round's row is on disk. If the metrics were deleted,
   * any version will do.
   */
  public int latestResume() {
    return metrics.isTakenAway()
        ? Integer.MAX_VALUE
        : Math.min(metrics.next(), job.stop().rounds());
  }

  /**
   * Returns whether the folder stays: not if no round was ever finished, nor failed in training.
   */
  public boolean isKept() {
    return stage == Stage.RESUMED || stage == Stage.KEPT;
  }

  /** Has the link to the last run lead here, unless nothing comes of this one. */
  public void linkAsLast() {
    last = LastRun.of(path());
  }

  public void warnBy(Consumer<String> listener) {
    warn = listener;
  }

  void waitBy(LastWriting.Pause pause) {
    patience = new LastWriting(pause);
  }

  @Override
  public void resumed(int version) {
    roundsHad = Math.max(roundsHad, version);
    SavedRun.requireNoFewer(path(), roundsHad, job.stop().rounds());
    if (version == 0 && metrics.next() > 1) {
      warn.accept(
          "no checkpoint to resume from; computing all %s rounds again"
              .formatted(metrics.next() - 1));
    }
    if (version > 0 && metrics.first() > 0) {
      warn.accept(
          "%s starts with round %s: the rows before it were removed, and are not computed again"
              .formatted(metrics(), metrics.first()));
    }
    if (job.stop().mayBeMetAt(version)
        && metrics.next() == version + 1
        && SavedRun.rounds(path().resolve(RunFiles.MODEL)) != version) {
      warn.accept(
          "round %d may be the last; it is on record, but there is no model of it: waiting for a worker to measure these weights again"
              .formatted(version));
    }
    try {
      metrics.goOnAt(version);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot continue " + metrics(), e);
    }
    best()
        .map(Best::round)
        .filter(round -> job.keepsBest() && isMissing(round, version))
        .ifPresent(
            round ->
                warn.accept(
                    "%s does not hold the best weights so far, those of round %d; it will hold the next better ones"
                        .formatted(bestFile.path(), round)));
  }

  /** Returns whether the best weights are not there; those of a later round are found again. */
  private boolean isMissing(int round, int version) {
    int there = bestFile.round();
    return there != round && there < version;
  }

  /** Of the rows that the run was trained on so far; unknown if they have none, or it is new. */
  public Found found() {
    return found;
  }

  /** The best weights so far; empty if none were evaluated. */
  public Optional<Best> best() {
    return metrics.best();
  }

  @Override
  public void dataFound(Columns columns) {
    found = Found.columns(columns).or(found);
  }

  @Override
  public void started(int workers, int rounds) {
    SavedRun.requireNoFewer(path(), roundsHad, rounds);
    stage = stage == Stage.BEGUN ? Stage.STARTED : stage;
    try {
      if (stage != Stage.RESUMED && !found.columns().areNothing()) {
        folder.writeJob(job, found);
      }
    } catch (IOException e) {
      warn.accept(
          e.getMessage() + "; if the run is resumed, the columns of its rows will not be compared");
    }
  }

  /**
   * Before the row of their round, so that no row tells of better weights than are there: it waits
   * as long as they do.
   */
  @Override
  public void improved(Best better, List<float[]> weights) {
    if (stage == Stage.RESUMED && bestFile.round() == better.round()) {
      return; // It is resumed where these were found before.
    }
    bestFile.put(better, weights, found.columns());
    if (bestFile.isDue()) {
      writeOrWarn();
    }
  }

  /** A full disk does not end a training: rows wait, and are tried again. */
  @Override
  public void measured(Measurement measurement) {
    stage = stage == Stage.RESUMED ? stage : Stage.KEPT;
    rowsPerRound = job.rowsPerRound().orElse(measurement.train().rows());
    metrics.add(measurement.row());
    if (bestFile.isWritten() || bestFile.isDue()) {
      writeOrWarn();
    }
  }

  private void writeOrWarn() {
    try {
      writeRows();
      isInTrouble = false;
    } catch (IOException e) {
      if (!isInTrouble) {
        warn.accept(e.getMessage() + "; keeping rows in memory and retrying");
      }
      isInTrouble = true;
    }
  }

  @Override
  public Outcome ended(
      Outcome outcome, int version, String digest, Optional<List<float[]>> weights) {
    // A run that diverges at once has come to that; one that was interrupted has come to nothing.
    if (!isKept()
        && version == 0
        && !(outcome instanceof Outcome.Completed)
        && !(outcome instanceof Outcome.Failed && stage == Stage.STARTED)) {
      return forget(outcome);
    }
    if (stage == Stage.RESUMED && !isInTrouble && lost().isEmpty()) {
      return outcome; // It has come to nothing new.
    }
    stage = stage == Stage.RESUMED ? stage : Stage.KEPT;
    // The model is the last: with it, the run is complete.
    Outcome written =
        patience.write(
            outcome,
            this::writeRows,
            () -> lost().orElse("a resumed run computes the missing rows again"),
            warn);
    Outcome end = weights.isEmpty() ? written : keep(written, version, digest, weights.get());
    return end instanceof Outcome.Failed ? end : lost().<Outcome>map(end::then).orElse(end);
  }

  /** Tells that the folder is no longer a run's, even if checkpoints have made it again. */
  private Optional<String> lost() {
    return Optional.of(path() + " was deleted or moved during the training; it cannot be resumed")
        .filter(it -> Files.notExists(path().resolve(RunFiles.JOB)));
  }

  private void writeRows() throws IOException {
    try {
      if (stage == Stage.RESUMED) {
        folder.clear(); // before anything of the run is replaced
        folder.writeJob(job, found);
        stage = Stage.KEPT;
      }
      bestFile.write();
      metrics.write();
    } catch (ModelFileException e) {
      throw e; // it names its file
    } catch (IOException e) {
      throw new IOException("cannot write " + metrics() + ": " + e.getMessage(), e);
    }
  }

  /** At once: after Ctrl-C, the process may be gone before this is closed. */
  private Outcome forget(Outcome outcome) {
    last.ifPresent(LastRun::takeBack);
    try {
      RunFiles.deleteRun(path());
      return outcome;
    } catch (IOException e) {
      return outcome.then("cannot delete the unfinished run in " + path() + ": " + e.getMessage());
    }
  }

  private String checkpoint() {
    try {
      boolean isThere = CheckpointFolder.shardsOf(checkpoints()).isPresent();
      String advice = Advice.RESUME.toString().formatted(path());
      return lost()
          .orElse(
              isThere
                  ? checkpoints() + " has the last checkpoint" + advice
                  : "there is no checkpoint");
    } catch (IOException e) {
      return "the checkpoints cannot be read: " + e.getMessage();
    }
  }

  private Outcome keep(Outcome outcome, int version, String digest, List<float[]> weights) {
    Map<String, String> metadata =
        SavedRun.metadata(job, version, digest, outcome, found.columns(), rowsPerRound);
    Path file = path().resolve(RunFiles.MODEL);
    return patience.write(
        outcome,
        () -> ModelFile.write(file, job.model(), weights, metadata),
        this::checkpoint,
        warn);
  }

  @Override
  public void close() throws IOException {
    try (folder) {
      try {
        bestFile.write();
      } finally {
        metrics.close();
      }
      if (!isKept()) {
        last.ifPresent(LastRun::takeBack);
        folder.forget();
      }
    }
  }
}
