package io.cordee.cli.console;

import io.cordee.common.job.Best;
import io.cordee.common.job.Evaluated;
import io.cordee.common.job.Job;
import io.cordee.common.job.Monitor;
import io.cordee.common.job.Tally;
import io.cordee.common.measure.Metric;
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

public final class ProgressLine implements TrainingListener {

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
  private Optional<Measurement> last = Optional.empty();
  private Evaluated lastEvaluated = Evaluated.NOTHING;

  private int roundEvaluated;

  private Optional<Best> best = Optional.empty();

  /** The test rows by the best weights, where these were found here. */
  private Optional<Tally> testOfBest = Optional.empty();

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
    lastEvaluated = Evaluated.NOTHING;
    best = Optional.empty();
    testOfBest = Optional.empty();
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
            job.rule().name(),
            job.partitions(),
            job.partitions() == 1 ? "" : "s",
            job.local().map(local -> " × " + local.text()).orElse(""),
            workers,
            workers == 1 ? "" : "s"));
  }

  @Override
  public void measured(Measurement now) {
    last.ifPresent(before -> pace(now.round() - before.round(), now.seconds() - before.seconds()));
    last = Optional.of(now);
    if (!now.evaluated().equals(Evaluated.NOTHING)) {
      lastEvaluated = now.evaluated();
      roundEvaluated = now.round();
    }
    if (!now.best().equals(best)) {
      best = now.best();
      testOfBest = now.test().filter(rows -> best.get().round() == now.round());
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

  private String line(Measurement now) {
    StringBuilder line = new StringBuilder();
    line.append(text("round %d/%d", now.round(), lastRound));
    line.append(text("  loss %.5g", now.train().meanLoss()));
    if (now.train().hasAccuracy()) {
      line.append(text("  train %.4f", now.train().accuracy()));
    }
    lastEvaluated
        .validation()
        .ifPresent(rows -> line.append(text("  validation %s", figure(rows))));
    lastEvaluated.test().ifPresent(rows -> line.append(text("  test %s", figure(rows))));
    if (!lastEvaluated.equals(Evaluated.NOTHING) && roundEvaluated != now.round()) {
      line.append(text(" (round %d)", roundEvaluated));
    }
    if (roundsPerSecond > 0) {
      String rate = roundsPerSecond < 100 ? "  %.3g rounds/s" : "  %.0f rounds/s";
      line.append(text(rate, roundsPerSecond));
      now.rowsPerSecond()
          .ifPresent(rows -> line.append("  ").append(grouped((long) rows)).append(" rows/s"));
      line.append("  ").append(timeLeft(now)).append(" left");
    }
    return line.toString();
  }

  /** The accuracy, or the loss where there is none. */
  private static String figure(Tally rows) {
    return rows.hasAccuracy() ? text("%.4f", rows.accuracy()) : text("%.5g", rows.meanLoss());
  }

  private String timeLeft(Measurement now) {
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

  private String results(Measurement now) {
    boolean areOthersBest =
        job.keepsBest() && best.filter(of -> of.round() != now.round()).isPresent();
    String whose = areOthersBest ? "; last weights: " : ": ";
    String loss = text("%sloss %.6g", whose, now.train().meanLoss());
    String train =
        now.train().hasAccuracy() ? text(", train accuracy %.4f", now.train().accuracy()) : "";
    return loss + train + evaluated(now);
  }

  private String evaluated(Measurement now) {
    return now.validation().map(rows -> result("validation", rows)).orElse("")
        + now.test().map(rows -> result("test", rows)).orElse("");
  }

  private String result(String what, Tally rows) {
    return ", " + what + " " + kind(rows) + " " + figure(rows) + explained(rows);
  }

  /** Of rows with values, beside their loss. */
  private String explained(Tally rows) {
    double share = rows.of(Metric.R2);
    return Double.isFinite(share) ? text(" (R² %.4f)", share) : "";
  }

  /** What {@link #figure} is. */
  private static String kind(Tally rows) {
    return rows.hasAccuracy() ? "accuracy" : "loss";
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
        areLast ? "" : testOfBest.map(rows -> result("test", rows)).orElse(""),
        job.keepsBest() ? "; " + RunFiles.BEST : "");
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
