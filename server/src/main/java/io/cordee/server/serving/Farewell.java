package io.cordee.server.serving;

import io.cordee.server.training.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * When a server may exit after its job: once its workers have left, those lost a moment ago are
 * back, and it has lingered for latecomers. A worker that does not say goodbye is waited for, up to
 * a limit.
 *
 * <p>Used by the training thread.
 */
final class Farewell {

  /** How long after the job a worker has for its goodbye. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Runs an action later, on the training thread. */
  @FunctionalInterface
  interface Timer {
    void after(Duration delay, Runnable action);
  }

  private enum Stage {
    TRAINING,
    LEAVING,
    LINGERING
  }

  private final Timer timer;
  private final CompletableFuture<Outcome> end;
  private Duration linger;
  private Stage stage = Stage.TRAINING;
  private boolean isInHaste;

  /**
   * @param linger how long to stay after the last worker has left
   * @param end completed when the server may go
   */
  Farewell(Duration linger, Timer timer, CompletableFuture<Outcome> end) {
    this.linger = linger;
    this.timer = timer;
    this.end = end;
  }

  /** From now on, goes as soon as the workers have left. */
  void dontLinger() {
    linger = Duration.ZERO;
    isInHaste = true;
  }

  /** To be called whenever something may have changed, once the job has an outcome. */
  void check(Outcome outcome, boolean haveAllLeft, boolean areOthersExpected) {
    if (outcome instanceof Outcome.Suspended) {
      end.complete(outcome);
      return;
    }
    if (stage == Stage.TRAINING) {
      stage = Stage.LEAVING;
      isInHaste |= outcome instanceof Outcome.Interrupted;
      timer.after(PATIENCE.plus(linger), () -> end.complete(outcome));
    }
    boolean isAlone = haveAllLeft && (isInHaste || !areOthersExpected);
    if (isAlone && linger.isZero()) {
      end.complete(outcome);
    } else if (isAlone && stage == Stage.LEAVING) {
      stage = Stage.LINGERING;
      timer.after(linger, () -> end.complete(outcome));
    }
  }
}
