package io.cordee.cli.file;

import io.cordee.cli.commandline.Errors;
import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.commandline.Version;
import io.cordee.cli.export.TrainedModel;
import io.cordee.cli.option.ModelAndRows;
import io.cordee.cli.score.Evaluation;
import io.cordee.cli.team.RunProgress;
import io.cordee.common.file.WholeFile;
import io.cordee.common.job.Job;
import io.cordee.common.model.Mlp;
import io.cordee.experiment.report.ReportFile;
import io.cordee.experiment.report.ReportSource;
import io.cordee.experiment.run.RunNote;
import io.cordee.experiment.run.RunReader;
import io.cordee.server.run.RunFiles;
import io.cordee.worker.data.DataException;
import io.cordee.worker.data.DataSource;
import io.cordee.worker.function.FunctionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;

/**
 * What a training command adds to a run folder: how it was made, and the report. A run that has no
 * new row is left as it is.
 */
public final class TrainingNote {

  /** So that a training does not end with a long wait. */
  private static final long MOST_CELLS = 20_000_000;

  private final Job job;
  private final Path folder;
  private final boolean runsFunctions;
  private final List<String> command;
  private final RunProgress progress;
  private final LocalDateTime began = LocalDateTime.now();

  /**
   * To be created before the training.
   *
   * @param command that makes the run again, without {@code cordee}
   * @param runsFunctions whether this process may run a model's gradient function
   */
  public TrainingNote(Job job, Path folder, List<String> command, boolean runsFunctions) {
    this.runsFunctions = runsFunctions;
    this.job = job;
    this.folder = folder;
    this.command = List.copyOf(command);
    this.progress = new RunProgress(folder.resolve(RunFiles.METRICS));
  }

  /** Adds how good the model is on rows that it was not trained on, if these can be read here. */
  private void evaluate() throws IOException {
    Files.deleteIfExists(folder.resolve(RunFiles.EVALUATION)); // of what it was before
    boolean isOfLayers = job.model() instanceof Mlp;
    if (!job.data().isEvaluated()
        || !(isOfLayers || runsFunctions)
        || !Files.exists(folder.resolve(RunFiles.MODEL))) {
      return;
    }
    TrainedModel model = TrainedModel.read(folder);
    try {
      ModelAndRows given = new ModelAndRows();
      DataSource rows = given.open(model);
      if (rows.rows() * job.model().inputs() <= MOST_CELLS) {
        WholeFile.write(
            folder.resolve(RunFiles.EVALUATION),
            Evaluation.of(model, rows, given.functions(model)).toJson() + "\n");
      }
    } catch (DataException | FunctionException e) {
      // A server need not have its workers' files, and a function need not predict.
    }
  }

  /**
   * Writes them, if there is a run. A report that cannot be written does not make a training fail.
   *
   * @param code the exit code of the training
   */
  public int keep(RunNote.Team team, int code) {
    // The process is about to be gone after an interrupt: files would be cut short.
    if (code == ExitCode.INTERRUPTED || !progress.hasChanged() || !RunReader.isRun(folder)) {
      return code;
    }
    String kind = code == ExitCode.DONE ? RunNote.End.COMPLETED : RunNote.End.FAILED;
    RunNote.End end = new RunNote.End(kind, RunReader.outcome(folder).orElse(""));
    RunNote note = RunNote.of(Version.text(), command, began, team, job, end);
    try {
      note.write(folder);
      evaluate();
      ReportSource source = ReportSource.read(List.of(folder), List.of());
      ReportFile.write(folder.resolve(ReportFile.NAME), source);
    } catch (IOException | RuntimeException e) {
      System.err.println("cannot write the report: " + Errors.text(e));
    }
    return code;
  }
}
