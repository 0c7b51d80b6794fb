package io.cordee.server.fuzz;

/**
 * Lets a training go on as far as the attacks on it have come, so that it is under way all the
 * time.
 */
final class Tempo {

  private int taken;
  private int allowed;

  /** The worker is about to compute a lease. */
  synchronized void awaitTurn() {
    taken++;
    while (taken > allowed) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Lets one more lease be computed, if none waits for its turn to be. */
  synchronized void advance() {
    allowed = Math.max(allowed, taken);
    notifyAll();
  }

  /** How many leases the worker has begun to compute. */
  synchronized int taken() {
    return taken;
  }

  /** Lets the worker go on as fast as it can. */
  synchronized void finish() {
    allowed = Integer.MAX_VALUE;
    notifyAll();
  }
}
