package io.cordee.cli.file;

import io.cordee.cli.commandline.Errors;
import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.commandline.Version;
import io.cordee.cli.export.TrainedModel;
import io.cordee.cli.option.ModelAndRows;
import io.cordee.cli.score.Baseline;
import io.cordee.cli.score.Evaluation;
import io.cordee.cli.score.Importance;
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
import io.cordee.worker.function.JobFunctions;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a training command adds to a run folder: how it was made, and the report. A run that has no
 * new row is left as it is, unless its training was stopped between its last row and these.
 */
public final class TrainingNote implements AutoCloseable {

  /** So that a training does not end with a long wait. */
  private static final Logger LOG = LoggerFactory.getLogger(TrainingNote.class);

  private static final long MOST_CELLS = 20_000_000;

  /** Besides its outputs and targets, to sort rows by an output. */
  private static final int BYTES_OF_ROW = 64;

  private static final int LONGEST_NAME = 40;
  private static final String HINT =
      "threshold %s gives the best F1 for class %s on the validation rows: %.3f; use it with: cordee evaluate (or predict) --model %s --threshold %1$s";

  private static final Duration IMPORTANCE = Duration.ofSeconds(1);

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
  private List<String> lastLines = List.of();

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
    Optional<TrainedModel> model = model();
    Optional<Scored> scored = model.isPresent() ? evaluate(model.get()) : Optional.empty();
    note.write(folder); // the last but for the report: with it, the run lacks nothing else
    ReportSource source = ReportSource.read(List.of(folder), List.of());
    ReportFile.write(folder.resolve(ReportFile.NAME), source);
    boolean hasRows = !job.data().train().isExternal();
    boolean canPredict =
        scored
            .map(Scored::canPredict)
            .orElse(job.model() instanceof Mlp && hasRows && runsFunctions);
    lastLines =
        new LastLines(
                source.runs().get(0),
                model,
                scored.map(Scored::evaluation),
                scored.flatMap(Scored::baseline),
                canPredict ? model.flatMap(this::rowsToPredict) : Optional.empty(),
                canPredict,
                scored.flatMap(Scored::hint))
            .lines();
  }

  /**
   * The findings on rows that the model was not trained on.
   *
   * @param hint how to use the threshold that is best by the validation rows
   */
  private record Scored(Evaluation evaluation, Optional<Baseline> baseline, Optional<String> hint) {

    boolean canPredict() {
      return !evaluation.hasLossOnly();
    }
  }

  /** The weights that {@code --model} reads; empty if there are none, or too many to hold. */
  private Optional<TrainedModel> model() throws IOException {
    Files.deleteIfExists(folder.resolve(RunFiles.EVALUATION)); // of what it was before
    boolean isDrawn = JobVector.of(job).drawn().isPresent();
    long bytes = (long) Float.BYTES * job.model().layout().parameters();
    boolean isLarge = isDrawn && bytes > OutOfMemory.share() / 2; // unlike its chunks before
    return isLarge || !Files.exists(folder.resolve(RunFiles.MODEL))
        ? Optional.empty()
        : Optional.of(TrainedModel.read(folder));
  }

  /** Adds how good the model is on rows that it was not trained on, if these can be read here. */
  private Optional<Scored> evaluate(TrainedModel model) throws IOException {
    if (!job.data().isEvaluated() || !(job.model() instanceof Mlp || runsFunctions)) {
      return Optional.empty();
    }
    boolean hasThreshold =
        job.data().hasValidation()
            && job.model().hasProbabilities()
            && Metric.hasRanking(job.model().outputs());
    Optional<Thresholds.Best> best =
        hasThreshold
            ? of(Role.VALIDATION, model).flatMap(Evaluation::bestThreshold)
            : Optional.empty();
    Optional<Evaluation> evaluation = of(job.data().hasTest() ? Role.TEST : Role.VALIDATION, model);
    if (evaluation.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> hint = best.map(threshold -> hint(model, threshold));
    Optional<Baseline> baseline =
        on(Role.TRAIN, model, (rows, functions) -> Baseline.of(model, rows, evaluation.get()))
            .flatMap(found -> found);
    Map<String, Object> more = new LinkedHashMap<>();
    best.ifPresent(found -> more.put("best_threshold", found));
    hint.ifPresent(text -> more.put("hint", text));
    baseline.ifPresent(found -> more.put("baseline", found.said()));
    importance(model).ifPresent(found -> more.put("importance", found));
    String json = evaluation.get().toJson(more);
    WholeFile.write(folder.resolve(RunFiles.EVALUATION), json + "\n");
    return Optional.of(new Scored(evaluation.get(), baseline, hint));
  }

  /** Finds it for the columns of a table, on the rows that the model is evaluated on. */
  private Optional<Importance> importance(TrainedModel model) {
    boolean isOfTable = job.data().train().hasColumns();
    return isOfTable && job.model() instanceof Mlp
        ? on(
                job.data().hasTest() ? Role.TEST : Role.VALIDATION,
                model,
                (rows, functions) -> Importance.of(model, rows, functions, IMPORTANCE))
            .flatMap(found -> found)
        : Optional.empty();
  }

  private String hint(TrainedModel model, Thresholds.Best best) {
    String name = OutsideText.printable(model.classNames().get(1), LONGEST_NAME);
    String threshold = BigDecimal.valueOf(best.threshold()).toPlainString();
    return String.format(Locale.ROOT, HINT, threshold, name, best.f1(), folder);
  }

  private Optional<Evaluation> of(Role part, TrainedModel model) {
    return on(
        part,
        model,
        (rows, functions) -> Evaluation.of(model, rows, functions, OptionalDouble.empty()));
  }

  private interface Look<T> {
    T at(PartitionStore rows, JobFunctions functions);
  }

  /** Empty if there are too many rows; a server need not have them, nor a function predict. */
  private <T> Optional<T> on(Role part, TrainedModel model, Look<T> look) {
    ModelAndRows given = ModelAndRows.of(Optional.of(part), cache);
    try {
      PartitionStore rows = given.rows(model);
      long count = rows.partitions().rows();
      long bytes = count * (BYTES_OF_ROW + 2L * Float.BYTES * job.model().outputs());
      // Of the rows trained on, targets alone are looked at, which are quickly read if prepared.
      boolean areFew =
          count * job.model().inputs() <= MOST_CELLS || part == Role.TRAIN && rows.isPrepared();
      return bytes <= OutOfMemory.share() / 2 && areFew
          ? Optional.of(look.at(rows, given.functions(model)))
          : Optional.empty();
    } catch (DataException | FunctionException e) {
      return Optional.empty();
    } catch (RuntimeException e) { // the run itself is complete
      LOG.warn("the model cannot be evaluated", e);
      return Optional.empty();
    }
  }

  /** The job's file of rows, seen from here; rows that lack a value are refused in a file. */
  private Optional<Path> rowsToPredict(TrainedModel model) {
    try {
      Path here = Path.of("").toAbsolutePath();
      return Optional.of(ModelAndRows.of(Optional.empty(), cache))
          .filter(given -> !job.data().preprocessing().mayDrop())
          .flatMap(given -> given.file(model))
          .map(file -> file.toAbsolutePath().normalize())
          .map(file -> file.startsWith(here) ? here.relativize(file) : file);
    } catch (DataException e) {
      return Optional.empty();
    }
  }

  /** How good the weights are, and what to do next; nothing of a run that was interrupted. */
  public List<String> lastLines() {
    return lastLines;
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
