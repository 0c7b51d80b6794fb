package io.cordee.cli.team;

import io.cordee.common.retry.Backoff;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether a process that has died is started again, and when: at most {@value #IN_A_ROW} times in a
 * row without a finished round in between, with pauses that grow. After a life of {@value
 * #LONG_LIFE_SECONDS} seconds they are short again.
 */
final class Restarts {

  static final int IN_A_ROW = 5;
  private static final int LONG_LIFE_SECONDS = 10;

  private final Backoff backoff;
  private int inARow;
  private long lastProgress;

  Restarts(Backoff backoff) {
    this.backoff = backoff;
  }

  /**
   * The process has died.
   *
   * @param progress grows with every round that is finished
   * @param life how long it has run
   * @return the pause before it is started again; empty if it is not
   */
  Optional<Duration> afterDeath(long progress, Duration life) {
    if (progress > lastProgress) {
      inARow = 0;
    }
    lastProgress = Math.max(lastProgress, progress);
    if (life.toSeconds() >= LONG_LIFE_SECONDS) {
      backoff.reset();
    }
    inARow++;
    return inARow <= IN_A_ROW ? Optional.of(backoff.next()) : Optional.empty();
  }
}
