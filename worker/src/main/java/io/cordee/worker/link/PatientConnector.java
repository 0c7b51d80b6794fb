package io.cordee.worker.link;

import io.cordee.common.retry.Backoff;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries for a connection as long as its patience lasts, and as long again whenever one was lost.
 * Used by one thread.
 */
public final class PatientConnector implements Connector {

  private static final Logger LOG = LoggerFactory.getLogger(PatientConnector.class);

  /** Opens a connection, on which nothing has been said yet. */
  @FunctionalInterface
  public interface Dial {

    /**
     * Waits for the server.
     *
     * @throws LinkException if there is none within {@code patience}
     */
    ServerLink open(Duration patience);
  }

  private final Dial dial;
  private final Duration patience;
  private final Backoff backoff;
  private final Pauses time;

  /** When the last connection began. */
  private long greeted;

  /**
   * @param patience how long to try for each connection
   */
  public PatientConnector(Dial dial, Duration patience) {
    this(dial, patience, new Backoff(ThreadLocalRandom.current()), Pauses.SYSTEM);
  }

  PatientConnector(Dial dial, Duration patience, Backoff backoff, Pauses time) {
    this.dial = dial;
    this.patience = patience;
    this.backoff = backoff;
    this.time = time;
  }

  @Override
  public Connection connect(Introduction me) {
    long start = time.nanoTime();
    try {
      return greeted(me, patience);
    } catch (LostLinkException e) {
      return connectAfter(e, me, start);
    }
  }

  @Override
  public Connection reconnect(Introduction me, LostLinkException why) {
    long now = time.nanoTime();
    if (now - greeted >= Backoff.LONGEST.toNanos()) {
      // Of connections that are lost at once, each is waited for longer than the one before.
      backoff.reset();
    }
    return connectAfter(why, me, now);
  }

  private Connection connectAfter(LostLinkException why, Introduction me, long start) {
    Duration left = left(start);
    LOG.warn("{}; trying to reach it again, for at most {} s", why.getMessage(), seconds(left));
    LostLinkException last = why;
    while (!left.isZero()) {
      pause(left);
      try {
        return greeted(me, left(start));
      } catch (LostLinkException e) {
        last = e;
      }
      left = left(start);
    }
    throw new LinkException(last.getMessage() + "; given up after " + seconds(patience) + " s");
  }

  private Connection greeted(Introduction me, Duration atMost) {
    Connection connection = Connection.greet(dial.open(atMost), me);
    greeted = time.nanoTime();
    return connection;
  }

  private Duration left(long start) {
    Duration left = patience.minusNanos(time.nanoTime() - start);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private void pause(Duration atMost) {
    Duration pause = backoff.next();
    try {
      time.pause(pause.compareTo(atMost) < 0 ? pause : atMost);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LinkException("interrupted while waiting for the server");
    }
  }

  private static long seconds(Duration duration) {
    return Math.round(duration.toMillis() / 1e3);
  }
}
