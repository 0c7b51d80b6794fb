package io.cordee.cli.log;

import io.cordee.common.job.Best;
import io.cordee.common.job.Job;
import io.cordee.common.run.Measure;
import io.cordee.common.run.RoundRow;
import io.cordee.server.training.Measurement;
import io.cordee.server.training.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs progress and the end of a job as events for programs: what {@link
 * io.cordee.cli.console.ProgressLine} shows people. Figures have the names that they have in the
 * metrics.
 */
public final class EventLines extends LoggingListener {

  /** Between two events of rounds. */
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private final Path runFolder;
  private final BooleanSupplier isKept;

  private int lastRound;
  private Optional<RoundRow> last = Optional.empty();
  private Optional<Best> best = Optional.empty();
  private long lastTold = System.nanoTime() - INTERVAL.toNanos();

  /**
   * @param isKept whether there is anything in the run folder at the end
   */
  public EventLines(Job job, Path runFolder, BooleanSupplier isKept) {
    this.runFolder = runFolder;
    this.isKept = isKept;
    this.lastRound = job.stop().rounds();
  }

  @Override
  public void resumed(int version) {
    super.resumed(version);
    last = Optional.empty();
    best = Optional.empty();
  }

  @Override
  public void started(int workers, int rounds) {
    super.started(workers, rounds);
    lastRound = rounds;
  }

  @Override
  public void measured(Measurement now) {
    super.measured(now);
    last = Optional.of(now.row());
    best = now.best();
    long time = System.nanoTime();
    if (time - lastTold >= INTERVAL.toNanos()) {
      lastTold = time;
      event("round", now.round(), last)
          .log(
              String.format(
                  Locale.ROOT,
                  "round %d/%d, loss %.5g",
                  now.round(),
                  lastRound,
                  now.row().value(Measure.LOSS)));
    }
  }

  @Override
  public Outcome ended(
      Outcome outcome, int version, String digest, Optional<List<float[]>> weights) {
    JsonLines.about(JsonLines.ROUND, "" + version);
    LoggingEventBuilder end =
        event("end", version, last.filter(row -> row.round() == version))
            .addKeyValue("outcome", outcome.getClass().getSimpleName().toLowerCase(Locale.ROOT));
    if (best.isPresent()) {
      end = end.addKeyValue("best_round", best.get().round());
      end = end.addKeyValue("best", best.get().figure());
    }
    if (!digest.isEmpty()) {
      end = end.addKeyValue("digest", digest);
    }
    if (isKept.getAsBoolean()) {
      end = end.addKeyValue("run_folder", runFolder.toString());
    }
    end.log(outcome.message());
    return outcome;
  }

  private LoggingEventBuilder event(String name, int round, Optional<RoundRow> row) {
    LoggingEventBuilder event =
        LOG.atInfo()
            .addKeyValue("event", name)
            .addKeyValue(JsonLines.ROUND, round)
            .addKeyValue("rounds", lastRound);
    for (var figure : row.map(RoundRow::values).orElse(Map.of()).entrySet()) {
      event = event.addKeyValue(figure.getKey().column(), figure.getValue());
    }
    return event;
  }
}
