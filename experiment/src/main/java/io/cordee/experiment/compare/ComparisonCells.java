package io.cordee.experiment.compare;

import io.cordee.common.job.file.JobException;
import io.cordee.experiment.grid.Cell;
import io.cordee.experiment.grid.Planner.Planned;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.RunNote;
import io.cordee.experiment.run.RunReader;
import io.cordee.server.run.RunFiles;
import io.cordee.server.run.SavedRun;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/** The run folders of cells: what is finished is kept, anything else begins again. */
record ComparisonCells(Comparison.Setup setup, CellRunner runner) {

  /** Returns whether a folder holds the end of this very job. */
  static boolean isFinished(Planned planned, Path folder) {
    Optional<RunNote> note = RunNote.read(folder);
    try {
      return note.isPresent()
          && note.get().end().isSettled()
          && note.get().settings().equals(planned.cell().settings())
          && SavedRun.job(folder).equals(planned.job());
    } catch (IOException | JobException e) {
      return false;
    }
  }

  /**
   * The run of a cell that is finished, or is run now.
   *
   * @throws IOException if the folder cannot be written, or holds something else than a run
   */
  Run run(Planned planned, Path folder, IntConsumer rounds)
      throws IOException, InterruptedException {
    if (isFinished(planned, folder)) {
      RunNote note = RunNote.read(folder).orElseThrow();
      if (!note.source().equals(planned.source())) {
        of(planned, note).write(folder);
      }
    } else {
      clear(folder);
      train(planned, folder, rounds);
    }
    return read(planned, folder);
  }

  private static RunNote of(Planned planned, RunNote note) {
    Cell cell = planned.cell();
    return note.ofCell(cell.settings(), cell.seed(), planned.source());
  }

  private void train(Planned planned, Path folder, IntConsumer rounds)
      throws IOException, InterruptedException {
    LocalDateTime began = LocalDateTime.now();
    RunNote.End end = named(planned, folder, rounds);
    if (end.kind().equals(RunNote.End.INTERRUPTED) && !RunReader.isRun(folder)) {
      throw new InterruptedException(end.message());
    }
    if (!Files.isDirectory(folder)) {
      throw new IOException(end.message());
    }
    RunNote note =
        RunNote.of(setup.version(), setup.command(), began, setup.team(), planned.job(), end);
    of(planned, note).write(folder);
  }

  /** What the system says of a full disk, for one, names no file. */
  private RunNote.End named(Planned planned, Path folder, IntConsumer rounds)
      throws IOException, InterruptedException {
    try {
      return runner.run(planned, folder, rounds);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      String text = String.valueOf(e.getMessage());
      if (text.startsWith("No space left")) {
        text = "no space left on its disk; free some, and give the same command again";
      }
      throw text.contains(folder.toString())
          ? e
          : new IOException("cannot write into " + folder + ": " + text, e);
    }
  }

  private static Run read(Planned planned, Path folder) throws IOException {
    if (RunReader.isRun(folder)) {
      return RunReader.read(folder);
    }
    String why = RunNote.read(folder).map(note -> note.end().message()).orElse("");
    throw new IOException(planned.cell().label() + ": no run was begun: " + why);
  }

  /** Deletes what a cell that was not finished has left. */
  private static void clear(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      Files.createDirectories(folder.getParent());
      return;
    }
    boolean isOurs =
        RunReader.isRun(folder)
            || Files.exists(folder.resolve(RunNote.FILE))
            || Files.exists(folder.resolve(RunFiles.LOG))
            || Files.exists(folder.resolve(RunFiles.JOB));
    if (!isOurs) {
      throw new IOException(
          folder + ": expected the folder of a cell, or none; it holds something else");
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
