package io.cordee.worker.link;

import io.cordee.common.retry.Retry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retries failed and lost connections; without limit while the server is not ready. Used by one
 * thread.
 */
public final class RetryingConnector implements Connector {

  private static final Logger LOG = LoggerFactory.getLogger(RetryingConnector.class);

  private final Dial dial;
  private final Retry retry;

  /**
   * @param patience how long to try for each connection
   */
  public RetryingConnector(Dial dial, Duration patience) {
    this(dial, new Retry(patience, TimeUnit.NANOSECONDS::sleep));
  }

  RetryingConnector(Dial dial, Retry retry) {
    this.dial = dial;
    this.retry = retry;
  }

  @Override
  public Connection connect(Introduction worker) {
    retry.restart();
    try {
      return attempt(worker);
    } catch (LostLinkException e) {
      LOG.info("{}; {}", e.getMessage(), retrying());
      return attemptAgain(e, worker);
    }
  }

  @Override
  public Connection reconnect(Introduction worker, LostLinkException why) {
    retry.restart();
    LOG.warn("{}; {}", why.getMessage(), retrying());
    return attemptAgain(why, worker);
  }

  private String retrying() {
    return "retrying for %d s (a server leaves when its job is over)"
        .formatted(retry.patience().toSeconds());
  }

  private Connection attemptAgain(LostLinkException why, Introduction worker) {
    LostLinkException last = why;
    while (pause()) {
      try {
        return attempt(worker);
      } catch (LostLinkException e) {
        if (!e.getMessage().equals(last.getMessage())) {
          LOG.info(e.getMessage());
        }
        if (e instanceof NotReadyException) {
          retry.restart();
        }
        last = e;
      }
    }
    throw new LinkException(
        last.getMessage()
            + "; gave up after "
            + retry.patience().toSeconds()
            + " s: is the server running, and the address right?");
  }

  private Connection attempt(Introduction worker) {
    Connection connection = dial.greet(worker);
    retry.succeeded();
    return connection;
  }

  private boolean pause() {
    try {
      return retry.pause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LinkException("interrupted while waiting for the server");
    }
  }
}
