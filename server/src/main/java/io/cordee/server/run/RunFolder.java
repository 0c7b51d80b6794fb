package io.cordee.server.run;

import io.cordee.common.file.Draft;
import io.cordee.common.file.FolderLock;
import io.cordee.common.file.WholeFile;
import io.cordee.common.job.Best;
import io.cordee.common.job.Job;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.file.Found;
import io.cordee.common.job.file.JobChange;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.ModelFile;
import io.cordee.common.model.ModelFileException;
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
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * The folder of a run: {@code job.yaml}, {@code metrics.csv}, {@code model.safetensors} and, where
 * the job keeps its best weights, {@code best.safetensors}.
 *
 * <p>A run that is resumed stays unchanged until its first new round is over: a failure before that
 * costs neither a row nor its former outcome.
 */
public final class RunFolder implements TrainingListener, AutoCloseable {

  private static final String METRICS = RunFiles.METRICS;

  private final Path folder;
  private final Job job;
  private final FolderLock lock;
  private final MetricsFile metrics;
  private final BestFile bestFile;
  private Consumer<String> warn = warning -> {};
  private LastWriting patience = LastWriting.PATIENT;

  /** The version of the last checkpoint. */
  private volatile OptionalInt kept = OptionalInt.empty();

  /** Whether the last rows could not be written. */
  private boolean isInTrouble;

  private long rowsPerRound;

  /** What is in the folder beside the job, but for the columns before the run has started. */
  private Found found;

  /** Whether the metrics have all rows from the round where they began. */
  private boolean hasRows;

  /** Whether this run has made the folder. */
  private final boolean isNew;

  private boolean hasStarted;

  private boolean isMadeReady;

  /** Whether there is something to keep: a run that never began is gone when it is closed. */
  private volatile boolean isKept;

  private RunFolder(
      Path folder,
      Job job,
      FolderLock lock,
      MetricsFile metrics,
      Found found,
      boolean isBegun,
      boolean isNew,
      boolean hasRows) {
    this.lock = lock;
    this.folder = folder;
    this.job = job;
    this.metrics = metrics;
    this.bestFile = new BestFile(folder, job);
    this.found = found;
    this.isMadeReady = isBegun;
    this.isKept = !isBegun;
    this.isNew = isNew;
    this.hasRows = hasRows;
  }

  /**
   * Makes the folder, writes the job with what is found already, and starts the metrics.
   *
   * @throws IOException if it cannot be written, or is not {@linkplain RunFiles#requireFree free}
   */
  public static RunFolder create(Path folder, Job job, Found found) throws IOException {
    RunFiles.requireFree(folder);
    boolean isNew = Files.notExists(folder);
    Files.createDirectories(folder);
    FolderLock lock = RunFiles.lock(folder);
    try {
      RunFiles.requireFree(folder);
      Draft.deleteAbandoned(folder, RunFiles.JOB::equals);
      return new RunFolder(folder, job, lock, begin(folder, job, found), found, true, isNew, true);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * Writes the first files; none is left if one cannot be written. The job is the last: it alone
   * would not tell that the folder is a run's.
   */
  private static MetricsFile begin(Path folder, Job job, Found found) throws IOException {
    RunFiles.deleteRun(folder); // of one that was killed before it got anywhere
    MetricsFile metrics = MetricsFile.create(folder.resolve(METRICS), job);
    try {
      writeJob(folder, job, found);
      return metrics;
    } catch (IOException e) {
      metrics.close();
      RunFiles.deleteRun(folder);
      throw e;
    }
  }

  /**
   * Resumes a run, with what is found anew; else what was found before holds.
   *
   * @throws IOException if there is none, it is another job's, or another process writes to it
   */
  public static RunFolder resume(Path folder, Job job, Found found) throws IOException {
    Optional<String> change = JobChange.reason(SavedRun.job(folder), job);
    if (change.isPresent()) {
      throw new IOException(folder + ": " + change.get());
    }
    FolderLock lock = RunFiles.lock(folder);
    try {
      Path metrics = folder.resolve(METRICS);
      boolean hasRows = Files.exists(metrics);
      MetricsFile file = MetricsFile.resume(metrics, job);
      return new RunFolder(
          folder, job, lock, file, found.or(RunFiles.found(folder)), false, false, hasRows);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static void writeJob(Path folder, Job job, Found found) throws IOException {
    WholeFile.write(folder.resolve(RunFiles.JOB), JobFile.write(job, found));
  }

  /** Before anything of a run that is resumed is replaced. */
  private void makeReady() throws IOException {
    if (isMadeReady) {
      return;
    }
    // Nobody else has the lock: who began them was killed.
    Draft.deleteAbandoned(
        folder, name -> List.of(RunFiles.JOB, RunFiles.MODEL, RunFiles.BEST).contains(name));
    writeJob(folder, job, found);
    isMadeReady = true;
  }

  public Path path() {
    return folder;
  }

  /** The file with a row for each round. */
  public Path metrics() {
    return folder.resolve(METRICS);
  }

  public Path checkpoints() {
    return folder.resolve(RunFiles.CHECKPOINTS);
  }

  /**
   * The latest version to resume from such that every round has its row: a checkpoint may exist
   * before its round is over, or before the round's row is on disk. If the metrics were deleted,
   * any version will do.
   */
  public int latestResume() {
    return hasRows ? metrics.next() : Integer.MAX_VALUE;
  }

  /** Whether the folder stays: not if no round was ever finished, nor failed in training. */
  public boolean isKept() {
    return isKept;
  }

  public void warnBy(Consumer<String> listener) {
    warn = listener;
  }

  void waitBy(LastWriting.Pause pause) {
    patience = new LastWriting(pause);
  }

  @Override
  public void resumed(int version) {
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
        && SavedRun.rounds(folder.resolve(RunFiles.MODEL)) != version) {
      warn.accept(
          "round %d may be the last; it is on record, but there is no model of it: waiting for a worker to measure these weights again"
              .formatted(version));
    }
    kept(version);
    try {
      metrics.goOnAt(version);
      hasRows = true;
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

  /** Whether the best weights are not there; those of a later round are found again. */
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
    found = new Found(Optional.empty(), columns, "").or(found);
  }

  @Override
  public void started(int workers, int rounds) {
    hasStarted = true;
    try {
      if (isMadeReady && !RunFiles.found(folder).equals(found)) {
        writeJob(folder, job, found);
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
  public void improved(Best better, float[] weights) {
    if (!isMadeReady && bestFile.round() == better.round()) {
      return; // It is resumed where these were found before.
    }
    bestFile.put(better, weights, found.columns());
    if (bestFile.isDue()) {
      writeOrWarn();
    }
    if (!bestFile.isWritten()) {
      bestFile.put(better, weights.clone(), found.columns());
    }
  }

  /** A full disk does not end a training: rows wait, and are tried again. */
  @Override
  public void measured(Measurement measurement) {
    isKept = true;
    rowsPerRound = job.rowsPerRound().orElse(measurement.train().rows());
    metrics.add(measurement);
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
  public void kept(int version) {
    kept = version > 0 ? OptionalInt.of(version) : OptionalInt.empty();
  }

  @Override
  public Outcome ended(Outcome outcome, int version, String digest, Optional<float[]> weights) {
    // A run that diverges at once has come to that; one that was interrupted has come to nothing.
    isKept |=
        version > 0
            || outcome instanceof Outcome.Completed
            || outcome instanceof Outcome.Failed && hasStarted;
    if (!isKept) {
      return forget(outcome);
    }
    if (!isMadeReady && !isInTrouble) {
      return outcome; // It was resumed, and has come to nothing new.
    }
    // The model is the last: with it, the run is complete.
    Outcome written =
        patience.write(
            outcome, this::writeRows, () -> "--resume computes the missing rows again", warn);
    return weights.isEmpty() ? written : keep(written, version, digest, weights.get());
  }

  private void writeRows() throws IOException {
    try {
      makeReady();
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
    try {
      RunFiles.deleteRun(folder);
      return outcome;
    } catch (IOException e) {
      return outcome.then("cannot delete the unfinished run in " + folder + ": " + e.getMessage());
    }
  }

  private String checkpoint() {
    return kept.isPresent()
        ? "%s has the weights of round %s; resume from there with --resume %s"
            .formatted(checkpoints(), kept.getAsInt(), folder)
        : "there is no checkpoint";
  }

  private Outcome keep(Outcome outcome, int version, String digest, float[] weights) {
    Map<String, String> metadata =
        SavedRun.metadata(job, version, digest, outcome, found.columns(), rowsPerRound);
    Path file = folder.resolve(RunFiles.MODEL);
    return patience.write(
        outcome,
        () -> ModelFile.write(file, job.model(), weights, metadata),
        this::checkpoint,
        warn);
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      try {
        bestFile.write();
      } finally {
        metrics.close();
      }
      if (!isKept) {
        RunFiles.deleteRun(folder);
        RunFiles.deleteLock(folder, isNew);
      }
    }
  }
}
