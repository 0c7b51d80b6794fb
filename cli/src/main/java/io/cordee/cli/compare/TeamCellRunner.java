package io.cordee.cli.compare;

import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.commandline.TemporaryFolder;
import io.cordee.cli.option.DataOption;
import io.cordee.cli.team.ProcessTeam;
import io.cordee.cli.team.RunProgress;
import io.cordee.cli.team.TeamSetup;
import io.cordee.common.job.file.JobFile;
import io.cordee.experiment.compare.CellRunner;
import io.cordee.experiment.grid.Planner.Planned;
import io.cordee.experiment.run.RunNote;
import io.cordee.experiment.run.RunReader;
import io.cordee.server.run.RunFiles;
import io.cordee.worker.data.DataFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

record TeamCellRunner(
    int workers,
    int threads,
    Optional<Path> data,
    List<String> cache,
    BooleanSupplier isInterrupted)
    implements CellRunner {

  private static final Duration LOOK = Duration.ofMillis(500);

  @Override
  public RunNote.End run(Planned planned, Path folder, IntConsumer rounds)
      throws IOException, InterruptedException {
    Path job = Files.createTempFile(TemporaryFolder.path(), "", ".yaml");
    ScheduledExecutorService look = Executors.newSingleThreadScheduledExecutor();
    try {
      Files.writeString(job, JobFile.write(planned.job()));
      RunProgress progress = new RunProgress(folder.resolve(RunFiles.METRICS));
      look.scheduleAtFixedRate(
          () -> tell(progress, rounds), LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
      TeamSetup setup =
          new TeamSetup(
              Optional.of(job),
              List.of(),
              folder,
              false,
              DataFolder.rootsFor(planned.job(), data.orElse(DataFolder.DEFAULT_ROOT)),
              cache,
              false,
              1,
              workers,
              threads,
              DataOption.forServer(planned.job(), data),
              List.of(),
              planned.job(),
              TeamSetup.Printing.NOTHING);
      try (ProcessTeam team = new ProcessTeam(setup, () -> {})) {
        return end(team.run(), folder);
      }
    } finally {
      look.shutdownNow();
    }
  }

  private static void tell(RunProgress progress, IntConsumer rounds) {
    try {
      rounds.accept(Math.max(0, progress.lastRound()));
    } catch (IOException e) {
      // It is looked at again in a moment.
      return;
    }
  }

  private RunNote.End end(int code, Path folder) {
    if (isInterrupted.getAsBoolean() || code == ExitCode.INTERRUPTED) {
      return new RunNote.End(RunNote.End.INTERRUPTED, "interrupted");
    }
    String why =
        RunReader.outcome(folder).orElse("exit code " + code + "; " + folder + "/run.log says why");
    return new RunNote.End(code == ExitCode.DONE ? RunNote.End.COMPLETED : RunNote.End.FAILED, why);
  }
}
