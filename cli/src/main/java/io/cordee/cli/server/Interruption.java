package io.cordee.cli.server;

import io.cordee.server.serving.Serving;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ctrl-C. */
public final class Interruption {

  private static final Duration CLOSING = Duration.ofSeconds(2);

  private Interruption() {}

  /**
   * Has Ctrl-C let the process end: shard 0 once the weights are kept and the workers told, others
   * after a moment in which shard 0 may do so.
   *
   * @param closed down when nothing is left to be closed
   */
  public static void ends(Serving serving, CountDownLatch closed) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupt(serving, closed), "interrupt"));
  }

  private static void interrupt(Serving serving, CountDownLatch closed) {
    try {
      if (serving.interrupt("interrupted")) {
        closed.await(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException | TimeoutException e) {
      System.err.println("the workers did not disconnect in time");
    }
  }
}
