package io.cordee.cli.file;

import io.cordee.cli.commandline.Errors;
import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.commandline.Version;
import io.cordee.cli.export.TrainedModel;
import io.cordee.cli.option.ModelAndRows;
import io.cordee.cli.score.Evaluation;
import io.cordee.cli.team.RunProgress;
import io.cordee.common.file.FolderLock;
import io.cordee.common.file.WholeFile;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.measure.Metric;
import io.cordee.common.measure.Thresholds;
import io.cordee.common.model.Mlp;
import io.cordee.common.text.OutOfMemory;
import io.cordee.common.text.OutsideText;
import io.cordee.experiment.report.ReportFile;
import io.cordee.experiment.report.ReportSource;
import io.cordee.experiment.run.RunNote;
import io.cordee.experiment.run.RunReader;
import io.cordee.server.run.RunFiles;
import io.cordee.server.run.SavedRun;
import io.cordee.server.training.Outcome;
import io.cordee.worker.data.JobRows.Role;
import io.cordee.worker.data.RowCache;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.PartitionStore;
import io.cordee.worker.function.FunctionException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * What a training command adds to a run folder: how it was made, and the report. A run that has no
 * new row is left as it is, unless its training was stopped between its last row and these.
 */
public final class TrainingNote implements AutoCloseable {

  /** So that a training does not end with a long wait. */
  private static final long MOST_CELLS = 20_000_000;

  /** Besides its outputs and targets, to sort rows by an output. */
  private static final int BYTES_OF_ROW = 64;

  private static final int LONGEST_NAME = 40;
  private static final String HINT =
      "threshold %s gives the best F1 for class %s on the validation rows: %.3f; use it with: cordee evaluate (or predict) --model %s --threshold %1$s";

  private static final Executor LATER =
      CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS);

  private final Job job;
  private final Path folder;
  private final boolean runsFunctions;
  private final RowCache cache;
  private final List<String> command;
  private final RunProgress progress;
  private final LocalDateTime began = LocalDateTime.now();
  private boolean hasEnded;
  private Optional<String> hint = Optional.empty();

  /**
   * Created before the training.
   *
   * @param command that makes the run again, without {@code cordee}
   * @param runsFunctions whether this process may run a model's gradient function
   * @param cache where rows may be prepared
   */
  public TrainingNote(
      Job job, Path folder, List<String> command, boolean runsFunctions, RowCache cache) {
    this.cache = cache;
    this.runsFunctions = runsFunctions;
    this.job = job;
    this.folder = folder;
    this.command = List.copyOf(command);
    this.progress = new RunProgress(folder.resolve(RunFiles.METRICS));
  }

  /** Writes how the run is made as soon as it has a new row; how it ends, {@link #keep} does. */
  public synchronized void begin(RunNote.Team team) {
    try {
      if (!hasEnded && progress.hasBegun()) {
        note(team, new RunNote.End(RunNote.End.OPEN, "")).write(folder);
      } else if (!hasEnded) {
        LATER.execute(() -> begin(team));
      }
    } catch (IOException e) {
      return; // what is in the way is reported at the end
    }
  }

  /** The training is over, and what it keeps is on the disk; writes no more by itself. */
  @Override
  public synchronized void close() {
    hasEnded = true;
  }

  public synchronized boolean hasEnded() {
    return hasEnded;
  }

  private RunNote note(RunNote.Team team, RunNote.End end) {
    return RunNote.of(Version.text(), command, began, team, job, end);
  }

  /** Makes what a completed run lacks since its training was stopped after the last row. */
  public static void complete(Path folder, boolean runsFunctions, RowCache cache) {
    Optional<RunNote> note = RunNote.read(folder);
    if (note.isEmpty() || !note.get().end().kind().equals(RunNote.End.OPEN)) {
      return;
    }
    try {
      Job job = RunReader.read(folder).job();
      Optional<Outcome.Completed> outcome = SavedRun.completed(folder, job);
      if (outcome.isPresent()) {
        RunNote.End end = new RunNote.End(RunNote.End.COMPLETED, outcome.get().message());
        FolderLock lock = RunFiles.lock(folder);
        try (lock) {
          new TrainingNote(job, folder, List.of(), runsFunctions, cache)
              .write(note.get().endedBy(end));
        }
      }
    } catch (IOException | RuntimeException e) {
      System.err.println("cannot complete " + folder + ": " + Errors.text(e));
    }
  }

  private void write(RunNote note) throws IOException {
    evaluate();
    note.write(folder); // the last but for the report: with it, the run lacks nothing else
    ReportSource source = ReportSource.read(List.of(folder), List.of());
    ReportFile.write(folder.resolve(ReportFile.NAME), source);
  }

  /** Adds how good the model is on rows that it was not trained on, if these can be read here. */
  private void evaluate() throws IOException {
    Files.deleteIfExists(folder.resolve(RunFiles.EVALUATION)); // of what it was before
    boolean isOfLayers = job.model() instanceof Mlp;
    boolean isDrawn = JobVector.of(job).drawn().isPresent();
    long bytes = (long) Float.BYTES * job.model().layout().parameters();
    if (!job.data().isEvaluated()
        || isDrawn && bytes > OutOfMemory.share() / 2 // it may not fit where its chunks did
        || !(isOfLayers || runsFunctions)
        || !Files.exists(folder.resolve(RunFiles.MODEL))) {
      return;
    }
    TrainedModel model = TrainedModel.read(folder);
    boolean hasThreshold =
        job.data().hasValidation()
            && job.model().hasProbabilities()
            && Metric.hasRanking(job.model().outputs());
    Optional<Thresholds.Best> best =
        hasThreshold
            ? evaluation(model, Optional.of(Role.VALIDATION)).flatMap(Evaluation::bestThreshold)
            : Optional.empty();
    hint = best.map(threshold -> hint(model, threshold));
    Optional<Evaluation> evaluation = evaluation(model, Optional.empty());
    if (evaluation.isPresent()) {
      String json = evaluation.get().toJson(best, hint);
      WholeFile.write(folder.resolve(RunFiles.EVALUATION), json + "\n");
    }
  }

  private String hint(TrainedModel model, Thresholds.Best best) {
    String name = OutsideText.printable(model.classNames().get(1), LONGEST_NAME);
    String threshold = BigDecimal.valueOf(best.threshold()).toPlainString();
    return String.format(Locale.ROOT, HINT, threshold, name, best.f1(), folder);
  }

  /** Empty if there are too many rows; a server need not have them, nor a function predict. */
  private Optional<Evaluation> evaluation(TrainedModel model, Optional<Role> part) {
    ModelAndRows given = ModelAndRows.of(part, cache);
    try {
      PartitionStore rows = given.rows(model);
      long count = rows.partitions().rows();
      long bytes = count * (BYTES_OF_ROW + 2L * Float.BYTES * job.model().outputs());
      return bytes <= OutOfMemory.share() / 2 && count * job.model().inputs() <= MOST_CELLS
          ? Optional.of(Evaluation.of(model, rows, given.functions(model), OptionalDouble.empty()))
          : Optional.empty();
    } catch (DataException | FunctionException e) {
      return Optional.empty();
    }
  }

  /** How to use what the validation rows say, if there is anything. */
  public Optional<String> hint() {
    return hint;
  }

  /** Writes note and report, if there is a run; a report that fails does not fail the training. */
  public int keep(RunNote.Team team, int code) {
    close();
    // The process is about to be gone after an interrupt: files would be cut short.
    if (code == ExitCode.INTERRUPTED || !progress.hasChanged() || !RunReader.isRun(folder)) {
      return code;
    }
    String kind = code == ExitCode.DONE ? RunNote.End.COMPLETED : RunNote.End.FAILED;
    RunNote.End end = new RunNote.End(kind, RunReader.outcome(folder).orElse(""));
    try {
      write(note(team, end));
    } catch (IOException | RuntimeException e) {
      System.err.println("cannot write the report: " + Errors.text(e));
    }
    return code;
  }
}
