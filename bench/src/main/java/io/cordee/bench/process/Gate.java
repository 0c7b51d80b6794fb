package io.cordee.bench.process;

/** Lets one thread pass a number of times, and holds it before the next. */
final class Gate {

  private int passes;
  private boolean isHeld;

  /** Called by the thread that is to be held, each time. */
  synchronized void pass() throws InterruptedException {
    while (passes == 0) {
      isHeld = true;
      notifyAll();
      wait();
    }
    isHeld = false;
    passes--;
  }

  /** Lets it pass {@code count} times; returns when it is held again. */
  synchronized void open(int count) throws InterruptedException {
    awaitHeld();
    isHeld = false;
    passes = count;
    notifyAll();
    awaitHeld();
  }

  private void awaitHeld() throws InterruptedException {
    while (!isHeld) {
      wait();
    }
  }
}
