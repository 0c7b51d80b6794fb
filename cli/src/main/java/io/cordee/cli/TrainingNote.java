package io.cordee.cli;

import io.cordee.common.job.Job;
import io.cordee.experiment.report.ReportFile;
import io.cordee.experiment.report.ReportSource;
import io.cordee.experiment.run.RunNote;
import io.cordee.experiment.run.RunReader;
import io.cordee.experiment.run.WireBytes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** What {@code cordee train} adds to a run folder: how it was made, and the report. */
final class TrainingNote {

  private static final int DONE = 0;
  private static final int INTERRUPTED = 130;

  private final RunNote note;

  /**
   * @param command as given, without {@code cordee}
   */
  TrainingNote(Job job, List<String> command, RunNote.Team team) {
    this.note =
        new RunNote(
            Version.text(),
            command,
            LocalDateTime.now().truncatedTo(ChronoUnit.SECONDS).toString(),
            team,
            RunNote.Machine.here(),
            Map.of(),
            0,
            "",
            WireBytes.of(job, team.workers()),
            new RunNote.End(RunNote.End.OPEN, ""));
  }

  /**
   * Writes them, where there is a run. A report that cannot be written does not make a training
   * fail.
   *
   * @param code the exit code of the training
   */
  int keep(Path folder, int code) {
    if (code == INTERRUPTED || !RunReader.isRun(folder)) {
      // The process is about to be gone after an interrupt: files would be cut short.
      return code;
    }
    try {
      String kind = code == DONE ? RunNote.End.COMPLETED : RunNote.End.FAILED;
      note.ended(kind, RunReader.outcome(folder).orElse("")).write(folder);
      ReportSource source = ReportSource.read(List.of(folder), List.of());
      ReportFile.write(folder.resolve(ReportFile.NAME), source);
    } catch (IOException | RuntimeException e) {
      System.err.println("the report could not be written: " + Errors.text(e));
    }
    return code;
  }
}
