package io.cordee.server.fuzz;

/** Lets a training advance with the attacks on it, so that it is always under way. */
final class Tempo {

  private int taken;
  private int allowed;

  /** Called by the worker before it computes a lease. */
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

  /** Leases that the worker has begun to compute. */
  synchronized int taken() {
    return taken;
  }

  synchronized void finish() {
    allowed = Integer.MAX_VALUE;
    notifyAll();
  }
}
