package io.cordee.cli.server;

import io.cordee.server.serving.Serving;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ctrl-C, while something is served. */
public final class Interruption {

  /** For the last checkpoint to be written, and for displays. */
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Has Ctrl-C let the process end: shard 0 once the weights are kept and the workers told, others
   * after a moment in which shard 0 may do so.
   */
  public Interruption(Serving serving) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupt(serving), "interrupt"));
  }

  /** Nothing is left to be closed. */
  public void allClosed() {
    closed.countDown();
  }

  private void interrupt(Serving serving) {
    try {
      serving.interrupt("interrupted");
      closed.await(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException | TimeoutException e) {
      System.err.println("the workers did not disconnect in time");
    }
  }
}
