package io.cordee.experiment.run;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobException;
import io.cordee.common.model.ModelFile;
import io.cordee.common.model.ModelFileException;
import io.cordee.server.run.RunFiles;
import io.cordee.server.run.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

public final class RunReader {

  private RunReader() {}

  /** Returns whether a folder looks like that of a run. */
  public static boolean isRun(Path folder) {
    return Files.isRegularFile(folder.resolve(RunFiles.METRICS));
  }

  /**
   * @throws IOException if the folder is not that of a run, finished or not
   */
  public static Run read(Path folder) throws IOException {
    if (!isRun(folder)) {
      throw new IOException(folder + ": no run in it; expected a folder with metrics.csv");
    }
    Job job;
    try {
      job = SavedRun.job(folder);
    } catch (JobException e) {
      throw new IOException(e.getMessage(), e);
    }
    RunMetrics metrics = MetricsReader.read(folder.resolve(RunFiles.METRICS));
    Map<String, String> model = model(folder.resolve(RunFiles.MODEL));
    Optional<RunNote> note = RunNote.read(folder).filter(n -> isOf(n, model));
    String noted = note.map(n -> n.end().message()).orElse("");
    return new Run(
        folder,
        job,
        metrics,
        note,
        rowsPerRound(job, model),
        noted.isEmpty() ? model.getOrDefault(SavedRun.OUTCOME, "") : noted);
  }

  /** A run that was complete, was trained on and broken off still has its old note. */
  private static boolean isOf(RunNote note, Map<String, String> model) {
    String message = note.end().message();
    return !note.end().kind().equals(RunNote.End.COMPLETED)
        || model.getOrDefault(SavedRun.OUTCOME, message).equals(message);
  }

  /** How a run ended, as its model says; empty if there is none. */
  public static Optional<String> outcome(Path folder) {
    return Optional.ofNullable(model(folder.resolve(RunFiles.MODEL)).get(SavedRun.OUTCOME));
  }

  private static Map<String, String> model(Path file) {
    try {
      return Files.exists(file) ? ModelFile.readMetadata(file) : Map.of();
    } catch (ModelFileException e) {
      // The metrics can be shown without it.
      return Map.of();
    }
  }

  private static OptionalLong rowsPerRound(Job job, Map<String, String> model) {
    if (job.rowsPerRound().isPresent()) {
      return job.rowsPerRound();
    }
    String rows = model.getOrDefault(SavedRun.ROWS_PER_ROUND, "");
    return rows.matches("[1-9]\\d{0,17}")
        ? OptionalLong.of(Long.parseLong(rows))
        : OptionalLong.empty();
  }
}
