package io.cordee.bench.process;

import java.util.concurrent.SynchronousQueue;

/** Lets one thread pass a number of times, and holds it before the next. */
final class Gate {

  /** Each waits until the thread is held. */
  private final SynchronousQueue<Integer> passes = new SynchronousQueue<>();

  /** Passes that are left; only used by the thread. */
  private int left;

  /** Called by the thread to be held. */
  void pass() throws InterruptedException {
    while (left == 0) {
      left = passes.take();
    }
    left--;
  }

  /** Lets it pass {@code count} times; returns when it is held again. */
  void open(int count) throws InterruptedException {
    passes.put(count);
    passes.put(0);
  }
}
