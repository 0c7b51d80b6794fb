package io.cordee.cli.console;

import io.cordee.common.job.Best;
import io.cordee.common.job.Job;
import io.cordee.common.job.Monitor;
import io.cordee.common.measure.Metric;
import io.cordee.common.run.Measure;
import io.cordee.common.run.RoundRow;
import io.cordee.server.run.RunFiles;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.TrainingListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Shows people how far a training is, and at its end what came of it. */
public final class ProgressLine implements TrainingListener {

  /** The names of figures of rows that were held out. */
  private record HeldOut(String name, Measure loss, Measure accuracy, Measure explained) {

    static final List<HeldOut> ALL =
        List.of(
            new HeldOut(
                "validation",
                Measure.VALIDATION_LOSS,
                Measure.VALIDATION_ACCURACY,
                Measure.validation(Metric.R2)),
            new HeldOut("test", Measure.TEST_LOSS, Measure.TEST_ACCURACY, Measure.test(Metric.R2)));

    static final HeldOut TEST = ALL.get(1);

    boolean isIn(RoundRow row) {
      return row.has(loss);
    }

    /** The accuracy, or the loss where there is none. */
    String figure(RoundRow row) {
      return row.has(accuracy) ? text("%.4f", row.value(accuracy)) : text("%.5g", row.value(loss));
    }

    /** The figure with its name, and R² beside a loss; empty if it was not measured. */
    String result(RoundRow row) {
      if (!isIn(row)) {
        return "";
      }
      String kind = row.has(accuracy) ? "accuracy" : "loss";
      String share = row.has(explained) ? text(" (R² %.4f)", row.value(explained)) : "";
      return ", " + name + " " + kind + " " + figure(row) + share;
    }
  }

  private static final Duration LIVE_INTERVAL = Duration.ofMillis(100);
  private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(2);

  private final Console console;
  private final Job job;
  private final Path runFolder;
  private final BooleanSupplier isKept;
  private final long interval;

  private long lastShown;
  private boolean hasShown;
  private int roundShown;
  private boolean wasResumed;
  private double roundsPerSecond;
  private int lastRound;
  private Optional<RoundRow> last = Optional.empty();

  /** The last row with figures of rows that were held out. */
  private RoundRow evaluated = RoundRow.NONE;

  private Optional<Best> best = Optional.empty();

  /** The row of the best weights, where these were found here. */
  private Optional<RoundRow> rowOfBest = Optional.empty();

  /**
   * @param isKept whether there is anything in the run folder at the end
   */
  public ProgressLine(Console console, Job job, Path runFolder, BooleanSupplier isKept) {
    this.console = console;
    this.job = job;
    this.lastRound = job.stop().rounds();
    this.runFolder = runFolder;
    this.isKept = isKept;
    this.interval = (console.isLive() ? LIVE_INTERVAL : PLAIN_INTERVAL).toNanos();
  }

  @Override
  public void left(WorkerId worker, int connected, String why) {
    console.print(worker + " left: " + why + "; " + connected + " connected");
  }

  @Override
  public void waiting(String reason) {
    console.print(reason);
  }

  @Override
  public void warned(String warning) {
    console.print("warning: " + warning);
  }

  @Override
  public void resumed(int version) {
    console.print("resuming from round " + version);
    last = Optional.empty();
    evaluated = RoundRow.NONE;
    best = Optional.empty();
    rowOfBest = Optional.empty();
    wasResumed = true;
    hasShown = false;
    roundsPerSecond = 0;
  }

  @Override
  public void started(int workers, int rounds) {
    lastRound = rounds;
    console.print(
        String.format(
            "training %s: %s parameters by %s, %d partition%s%s on %d worker%s",
            job.name(),
            grouped(job.model().layout().parameters()),
            job.optimizer().name(),
            job.partitions(),
            job.partitions() == 1 ? "" : "s",
            job.local().map(local -> " × " + local.text()).orElse(""),
            workers,
            workers == 1 ? "" : "s"));
  }

  @Override
  public void measured(Measurement measurement) {
    RoundRow now = measurement.row();
    last.ifPresent(before -> pace(now.round() - before.round(), now.seconds() - before.seconds()));
    last = Optional.of(now);
    if (now.isEvaluated()) {
      evaluated = now;
    }
    if (!measurement.best().equals(best)) {
      best = measurement.best();
      rowOfBest = last.filter(row -> best.get().round() == row.round());
    }
    long time = System.nanoTime();
    if (!hasShown || time - lastShown >= interval) {
      hasShown = true;
      roundShown = now.round();
      lastShown = time;
      console.status(line(now));
    }
  }

  /** Rounds per second, smoothed over some ten rows; some may have been left out. */
  private void pace(int rounds, double seconds) {
    double current = rounds / Math.max(1e-6, seconds);
    roundsPerSecond = roundsPerSecond == 0 ? current : 0.9 * roundsPerSecond + 0.1 * current;
  }

  private String line(RoundRow now) {
    StringBuilder line = new StringBuilder();
    line.append(text("round %d/%d", now.round(), lastRound));
    line.append(text("  loss %.5g", now.value(Measure.LOSS)));
    if (now.has(Measure.TRAIN_ACCURACY)) {
      line.append(text("  train %.4f", now.value(Measure.TRAIN_ACCURACY)));
    }
    HeldOut.ALL.stream()
        .filter(rows -> rows.isIn(evaluated))
        .forEach(rows -> line.append(text("  %s %s", rows.name(), rows.figure(evaluated))));
    if (evaluated.isEvaluated() && evaluated.round() != now.round()) {
      line.append(text(" (round %d)", evaluated.round()));
    }
    if (roundsPerSecond > 0) {
      String rate = roundsPerSecond < 100 ? "  %.3g rounds/s" : "  %.0f rounds/s";
      line.append(text(rate, roundsPerSecond));
      if (now.has(Measure.ROWS_PER_SECOND)) {
        line.append(text("  %,d rows/s", (long) now.value(Measure.ROWS_PER_SECOND)));
      }
      line.append("  ").append(timeLeft(now)).append(" left");
    }
    return line.toString();
  }

  private String timeLeft(RoundRow now) {
    double byRounds = (lastRound - now.round()) / roundsPerSecond;
    double byMinutes = job.stop().minutes().orElse(Double.POSITIVE_INFINITY) * 60 - now.seconds();
    return Console.duration(Math.max(0, Math.min(byRounds, byMinutes)));
  }

  private static String grouped(long number) {
    return text("%,d", number);
  }

  @Override
  public Outcome ended(
      Outcome outcome, int version, String digest, Optional<List<float[]>> weights) {
    last.filter(now -> console.isLive() || now.round() > roundShown)
        .ifPresent(now -> console.status(line(now)));
    if (console.isLive() && last.isPresent()) {
      console.keepStatus();
    }
    // Why it has failed is said at the very end, by who ends the process.
    boolean isFailure = outcome instanceof Outcome.Failed;
    if (!isKept.getAsBoolean()) {
      console.print(
          (isFailure ? "failed before the first round" : outcome.message()) + "; nothing is kept");
      return outcome;
    }
    String end = isFailure ? "failed after " + Outcome.rounds(version) : outcome.message();
    String time = last.map(now -> text(" in %.1f s", now.seconds())).orElse("");
    console.print(
        end + time + last.filter(now -> now.round() == version).map(this::results).orElse(""));
    best.ifPresent(of -> console.print(bestWeights(of)));
    if (!digest.isEmpty()) {
      console.print("digest " + digest);
    }
    boolean isToBeResumed =
        outcome instanceof Outcome.Interrupted
            && job.checkpoint().isOn()
            && (wasResumed || last.isPresent());
    // Here, and not when all is closed: after Ctrl-C, what comes later may not be printed any more.
    console.print(
        "run folder "
            + runFolder
            + (isToBeResumed ? "; resume it with --resume " + runFolder : ""));
    return outcome;
  }

  private String results(RoundRow now) {
    boolean areOthersBest =
        job.keepsBest() && best.filter(of -> of.round() != now.round()).isPresent();
    String whose = areOthersBest ? "; last weights: " : ": ";
    StringBuilder text = new StringBuilder();
    text.append(text("%sloss %.6g", whose, now.value(Measure.LOSS)));
    if (now.has(Measure.TRAIN_ACCURACY)) {
      text.append(text(", train accuracy %.4f", now.value(Measure.TRAIN_ACCURACY)));
    }
    HeldOut.ALL.forEach(rows -> text.append(rows.result(now)));
    return text.toString();
  }

  private String bestWeights(Best of) {
    Monitor monitor = job.stop().monitor();
    boolean areLast = last.filter(now -> now.round() == of.round()).isPresent();
    return text(
        "best weights: %sround %d by %s %.5g%s%s",
        areLast ? "the last, " : "",
        of.round(),
        monitor.column().replace('_', ' '),
        of.figure(),
        areLast ? "" : rowOfBest.map(HeldOut.TEST::result).orElse(""),
        job.keepsBest() ? "; " + RunFiles.BEST : "");
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
