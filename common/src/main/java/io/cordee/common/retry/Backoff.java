package io.cordee.common.retry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between attempts: each is drawn from zero up to a limit (full jitter, so that a team does
 * not come back all at once), and the limit doubles from 0.1 s to the longest.
 */
public final class Backoff {

  private static final Duration FIRST = Duration.ofMillis(100);

  private final RandomGenerator random;
  private final Duration longest;
  private Duration limit = FIRST;

  public Backoff(RandomGenerator random, Duration longest) {
    this.random = random;
    this.longest = longest;
  }

  public Duration next() {
    Duration pause = Duration.ofNanos((long) (random.nextDouble() * limit.toNanos()));
    Duration doubled = limit.multipliedBy(2);
    limit = doubled.compareTo(longest) < 0 ? doubled : longest;
    return pause;
  }

  /** An attempt has worked: the next pause is short again. */
  public void reset() {
    limit = FIRST;
  }
}
