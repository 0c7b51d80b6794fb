package io.cordee.experiment.compare;

import io.cordee.common.file.FolderLock;
import io.cordee.experiment.grid.Cell;
import io.cordee.experiment.grid.Grid;
import io.cordee.experiment.grid.GridException;
import io.cordee.experiment.grid.Planner;
import io.cordee.experiment.grid.Planner.Planned;
import io.cordee.experiment.report.ReportFile;
import io.cordee.experiment.report.ReportSource;
import io.cordee.experiment.run.ComparisonNote;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.RunNote;
import io.cordee.experiment.run.Target;
import io.cordee.server.run.LastRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Runs the cells of a grid one by one, and keeps results and report up to date. */
public final class Comparison {

  private static final String LOCK = "comparison.lock";
  private static final Duration PUBLISH = Duration.ofSeconds(10);

  /**
   * @param folder of the comparison; may hold the beginning of it
   * @param targets empty for those that follow from the results
   * @param command that the user gave
   */
  public record Setup(
      String name,
      Path folder,
      Planner planner,
      Optional<Tuning> tuning,
      List<Target> targets,
      List<String> command,
      String version,
      RunNote.Team team) {}

  /** The state at the end, or when it was interrupted. */
  public record Summary(ComparisonNote note, List<Run> runs, int cells, boolean isInterrupted) {}

  private final Setup setup;
  private final ComparisonListener listener;
  private final ComparisonCells cells;
  private final TimeLeft timeLeft;
  private final List<ComparisonNote.Tuned> tuned = new ArrayList<>();
  private long published = System.nanoTime();

  public Comparison(Setup setup, CellRunner runner, ComparisonListener listener) {
    this.setup = setup;
    this.listener = listener;
    this.cells = new ComparisonCells(setup, runner);
    this.timeLeft = new TimeLeft(setup.planner().trainRows());
  }

  /**
   * Runs what is not finished.
   *
   * @throws IOException if the folder cannot be written, or holds something else
   * @throws GridException if a cell makes no job
   */
  public Summary run() throws IOException {
    List<Planned> usual = setup.planner().plan();
    setup.tuning().ifPresent(tuning -> tuning.check(usual, setup.planner()));
    requireFree(setup.folder());
    Files.createDirectories(setup.folder().resolve("cells"));
    FolderLock lock = lock();
    try {
      note().write(setup.folder());
      List<Run> runs = new ArrayList<>();
      boolean isInterrupted = false;
      try {
        runAll(setup.tuning().isPresent() ? tuned(setup.tuning().get(), usual) : usual, runs);
      } catch (InterruptedException e) {
        isInterrupted = true;
      } catch (IOException | RuntimeException e) {
        publishAfter(e, runs);
        throw e;
      }
      publish(runs);
      return new Summary(note(), List.copyOf(runs), usual.size(), isInterrupted);
    } finally {
      lock.close();
    }
  }

  /**
   * Checks that a comparison may begin in a folder, or go on there.
   *
   * @throws GridException if it holds something else
   * @throws IOException if it cannot be read
   */
  public static void requireFree(Path folder) throws IOException {
    LastRun.requireOther(folder);
    if (Files.isDirectory(folder) && !holdsComparison(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        if (files.anyMatch(file -> !file.getFileName().toString().equals(LOCK))) {
          throw new GridException(
              folder
                  + " holds something other than a comparison; choose another folder with --out");
        }
      }
    }
  }

  private static boolean holdsComparison(Path folder) throws IOException {
    try {
      return ComparisonNote.read(folder).isPresent();
    } catch (IOException e) {
      throw new IOException(e.getMessage() + "; choose another folder with --out", e);
    }
  }

  /** What is finished is shown, whatever kept the rest from it. */
  private void publishAfter(Exception failure, List<Run> runs) {
    try {
      publish(runs);
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private FolderLock lock() throws IOException {
    return FolderLock.take(
        setup.folder().resolve(LOCK),
        setup.folder()
            + ": another process is running this comparison; wait until it ends, or stop it");
  }

  private List<Planned> tuned(Tuning tuning, List<Planned> usual)
      throws IOException, InterruptedException {
    Map<Map<String, String>, List<String>> found = new HashMap<>();
    List<Planned> planned = new ArrayList<>();
    for (Planned each : usual) {
      Cell cell = each.cell();
      if (!found.containsKey(cell.settings())) {
        Path trials = setup.folder().resolve("trials");
        Tuning.Found best = tuning.find(cell, setup.planner(), cells, trials, listener);
        found.put(cell.settings(), best.overrides());
        best.tuned().ifPresent(tuned::add);
        note().write(setup.folder());
      }
      List<String> overrides = found.get(cell.settings());
      planned.add(setup.planner().plan(cell, setup.planner().budget(), overrides, "tuned"));
    }
    return planned;
  }

  private void runAll(List<Planned> planned, List<Run> runs)
      throws IOException, InterruptedException {
    List<Planned> open = new ArrayList<>();
    for (Planned each : planned) {
      if (ComparisonCells.isFinished(each, folder(each))) {
        Run run = cells.run(each, folder(each), rounds -> {});
        runs.add(run);
        timeLeft.took(each, run.metrics().lastSeconds());
      } else {
        open.add(each);
      }
    }
    listener.begins(planned.size(), runs.size());
    while (!open.isEmpty()) {
      Planned next = open.remove(0);
      int number = planned.size() - open.size();
      long begun = System.nanoTime();
      Run run =
          cells.run(
              next,
              folder(next),
              rounds -> {
                double spent = seconds(begun);
                listener.progress(
                    number, planned.size(), next, rounds, left(next, rounds, spent, open));
              });
      if (run.end().equals(RunNote.End.INTERRUPTED)) {
        throw new InterruptedException("interrupted in the middle of a cell");
      }
      runs.add(run);
      timeLeft.took(next, seconds(begun));
      listener.ended(number, planned.size(), next, run);
      if (System.nanoTime() - published > PUBLISH.toNanos()) {
        publish(runs);
      }
    }
  }

  private OptionalDouble left(Planned current, int rounds, double spent, List<Planned> after) {
    OptionalDouble minutes = current.job().stop().minutes();
    double byRounds = (double) rounds / current.job().stop().rounds();
    double done =
        minutes.isPresent() ? Math.max(byRounds, spent / (60 * minutes.getAsDouble())) : byRounds;
    return timeLeft.left(current, Math.min(1, done), spent, after);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private Path folder(Planned planned) {
    return setup.folder().resolve("cells").resolve(planned.cell().folder());
  }

  private ComparisonNote note() {
    Grid grid = setup.planner().grid();
    Map<String, List<String>> axes = new LinkedHashMap<>();
    grid.axes().forEach(axis -> axes.put(axis.name(), axis.values()));
    return new ComparisonNote(
        setup.name(),
        setup.command(),
        axes,
        grid.cells().stream().map(Cell::folder).toList(),
        setup.planner().budget().text(),
        setup.targets().stream().map(Target::text).toList(),
        tuned);
  }

  private void publish(List<Run> runs) throws IOException {
    published = System.nanoTime();
    ComparisonNote note = note();
    note.write(setup.folder());
    ReportSource source = ReportSource.of(note, runs, List.of());
    ResultsFile.write(setup.folder(), source);
    ReportFile.write(setup.folder().resolve(ReportFile.NAME), source);
  }
}
