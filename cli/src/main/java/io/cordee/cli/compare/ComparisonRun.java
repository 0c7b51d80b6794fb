package io.cordee.cli.compare;

import io.cordee.cli.commandline.AtExit;
import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.console.Console;
import io.cordee.cli.option.CacheOption;
import io.cordee.common.text.ShellLine;
import io.cordee.experiment.compare.CellRunner;
import io.cordee.experiment.compare.Comparison;
import io.cordee.experiment.compare.Comparison.Summary;
import io.cordee.experiment.compare.ConsoleTables;
import io.cordee.experiment.compare.ResultsFile;
import io.cordee.experiment.report.ReportFile;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.RunNote;
import io.cordee.server.serving.JobServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A comparison on this machine and console, from its beginning to its end or to Ctrl-C. */
public final class ComparisonRun {

  /** How long it may take after Ctrl-C until what is finished has been written down. */
  private static final Duration KEEPING = Duration.ofSeconds(15);

  private final Comparison.Setup setup;
  private final Console console = Console.standard();
  private final CountDownLatch end = new CountDownLatch(1);
  private final JobServer server = new JobServer();
  private final CellRunner runner;
  private volatile boolean isInterrupted;

  public ComparisonRun(Comparison.Setup setup, Optional<Path> data, Path root, CacheOption cache) {
    this.setup = setup;
    RunNote.Team team = setup.team();
    this.runner =
        team.place().equals("processes")
            ? new TeamCellRunner(
                team.workers(), team.threads(), data, cache.arguments(), () -> isInterrupted)
            : new InProcessCellRunner(
                team.workers(),
                team.threads(),
                root,
                cache.cache(console::print),
                setup.folder().resolve("compare.log"),
                server);
  }

  /** Returns the exit code of the command. */
  public int run() throws IOException {
    AtExit.run(this::interrupt);
    try {
      ComparisonConsole listener = new ComparisonConsole(console, setup.folder().toString());
      Summary summary = new Comparison(setup, runner, listener).run();
      say(summary);
      return code(summary);
    } finally {
      end.countDown();
    }
  }

  private void interrupt() {
    if (end.getCount() == 0) {
      return;
    }
    isInterrupted = true;
    server.stop("interrupted");
    try {
      if (!end.await(KEEPING.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println(
            "results.csv and report.html were not written in time; to continue: " + again());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The command that runs the cells that are not finished. */
  private String again() {
    return ShellLine.cordee(
        Stream.concat(setup.command().stream(), Stream.of("--out", setup.folder().toString()))
            .toArray(String[]::new));
  }

  private void say(Summary summary) {
    if (summary.isInterrupted()) {
      console.print(
          "interrupted: %s of %s cells are finished; to continue: %s"
              .formatted(summary.runs().size(), summary.cells(), again()));
    }
    if (summary.runs().isEmpty()) {
      return;
    }
    summary.runs().stream()
        .map(run -> run.metrics().damage())
        .filter(damage -> !damage.isEmpty())
        .forEach(System.err::println);
    List<String> axes = List.copyOf(summary.note().axes().keySet());
    List<Group> groups = Group.ofCells(summary.runs());
    ConsoleTables.ends(axes, groups).forEach(console::print);
    ConsoleTables.solved(axes, groups).forEach(console::print);
    console.print("results " + setup.folder().resolve(ResultsFile.NAME));
    console.print("report " + setup.folder().resolve(ReportFile.NAME));
  }

  private static int code(Summary summary) {
    if (summary.isInterrupted()) {
      return ExitCode.INTERRUPTED;
    }
    boolean isAllRun =
        summary.runs().stream()
            .allMatch(run -> run.note().map(note -> note.end().isSettled()).orElse(false));
    boolean hasAllFailed = summary.runs().stream().allMatch(run -> run.hasFailed());
    return isAllRun && !hasAllFailed ? ExitCode.DONE : ExitCode.FAILED;
  }
}
