package io.cordee.common.retry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between attempts: each is drawn from zero up to a limit (full jitter, so that a team does
 * not come back all at once), and the limit doubles from 0.1 s to 1 s.
 */
public final class Backoff {

  public static final Duration LONGEST = Duration.ofSeconds(1);

  private static final Duration FIRST = Duration.ofMillis(100);

  private final RandomGenerator random;
  private Duration limit = FIRST;

  public Backoff(RandomGenerator random) {
    this.random = random;
  }

  public Duration next() {
    Duration pause = Duration.ofNanos((long) (random.nextDouble() * limit.toNanos()));
    Duration doubled = limit.multipliedBy(2);
    limit = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    return pause;
  }

  /** An attempt has worked: the next pause is short again. */
  public void reset() {
    limit = FIRST;
  }
}
