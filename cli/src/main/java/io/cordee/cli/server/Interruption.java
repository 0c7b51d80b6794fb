package io.cordee.cli.server;

import io.cordee.server.serving.Serving;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ctrl-C, while something is served. */
public final class Interruption {

  private static final Duration CLOSING = Duration.ofSeconds(2);

  private final Serving serving;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean hasCome;

  private Interruption(Serving serving) {
    this.serving = serving;
  }

  /**
   * Has Ctrl-C let the process end: shard 0 once the weights are kept and the workers told, others
   * after a moment in which shard 0 may do so; if nothing is served yet, once that is given up.
   */
  public static Interruption of(Serving serving) {
    Interruption interruption = new Interruption(serving);
    Runtime.getRuntime().addShutdownHook(new Thread(interruption::interrupt, "interrupt"));
    return interruption;
  }

  /** Whether Ctrl-C has been pressed. */
  public boolean hasCome() {
    return hasCome;
  }

  /** Nothing is left to be closed. */
  public void allClosed() {
    closed.countDown();
  }

  private void interrupt() {
    hasCome = true;
    try {
      serving.interrupt("interrupted");
      closed.await(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException | TimeoutException e) {
      System.err.println("the workers did not disconnect in time");
    }
  }
}
