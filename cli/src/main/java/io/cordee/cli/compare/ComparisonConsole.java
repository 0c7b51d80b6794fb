package io.cordee.cli.compare;

import io.cordee.cli.console.Console;
import io.cordee.common.run.Measure;
import io.cordee.experiment.compare.ComparisonListener;
import io.cordee.experiment.grid.Planner.Planned;
import io.cordee.experiment.report.NumberText;
import io.cordee.experiment.run.ComparisonNote;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.Run.Scale;
import io.cordee.experiment.run.RunMetrics;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;

/** Shows how far a comparison is: a line for each cell, and one that changes in place. */
final class ComparisonConsole implements ComparisonListener {

  private static final Duration INTERVAL = Duration.ofMillis(250);

  private final Console console;
  private final String folder;
  private long shown = System.nanoTime() - INTERVAL.toNanos();

  ComparisonConsole(Console console, String folder) {
    this.console = console;
    this.folder = folder;
  }

  @Override
  public void begins(int cells, int kept) {
    String already =
        kept == 0
            ? ""
            : "; " + kept + " of them " + (kept == 1 ? "is" : "are") + " finished already";
    console.print(cells + (cells == 1 ? " cell" : " cells") + " in " + folder + already);
  }

  @Override
  public void progress(int number, int cells, Planned planned, int rounds, OptionalDouble left) {
    long now = System.nanoTime();
    if (!console.isLive() || now - shown < INTERVAL.toNanos()) {
      return;
    }
    shown = now;
    String of =
        planned.job().stop().minutes().isPresent() ? "" : "/" + planned.job().stop().rounds();
    String time = left.isPresent() ? "  " + Console.duration(left.getAsDouble()) + " left" : "";
    console.status(head(number, cells, planned) + "  round " + rounds + of + time);
  }

  @Override
  public void ended(int number, int cells, Planned planned, Run run) {
    console.print(
        head(number, cells, planned)
            + ": "
            + (run.hasFailed() ? "failed: " + run.message() : figures(run)));
  }

  private static String figures(Run run) {
    RunMetrics metrics = run.metrics();
    StringBuilder line = new StringBuilder("loss " + NumberText.loss(metrics.last(Measure.LOSS)));
    if (metrics.isTested()) {
      line.append(", test accuracy ").append(NumberText.plain(metrics.last(Measure.TEST_ACCURACY)));
    }
    line.append(run.isSolved() ? ", solved after " : " after ");
    line.append(NumberText.cost(Scale.ROUNDS, metrics.lastRound())).append(" rounds, ");
    return line.append(NumberText.cost(Scale.SECONDS, metrics.lastSeconds())).toString();
  }

  private static String head(int number, int cells, Planned planned) {
    int width = String.valueOf(cells).length();
    return String.format(
        Locale.ROOT,
        "[%" + width + "d/%d] %s, seed %d",
        number,
        cells,
        planned.cell().label(),
        planned.cell().seed());
  }

  @Override
  public void trying(Planned planned, String settings) {
    console.statusIfLive("trying " + settings + " for " + planned.cell().label());
  }

  @Override
  public void found(ComparisonNote.Tuned tuned) {
    String chosen = tuned.chosen().isEmpty() ? "none: all trials failed" : tuned.chosen();
    String edge = tuned.isAtTheEdge() ? " (at the edge of the range: widen it)" : "";
    console.print("found for " + tuned.cell() + ": " + chosen + edge);
  }
}
