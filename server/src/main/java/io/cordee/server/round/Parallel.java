package io.cordee.server.round;

import java.util.function.IntConsumer;

/** Runs an action for several chunks, on as many cores as there are to run it. */
@FunctionalInterface
public interface Parallel {

  /** One after the other, on the calling thread. */
  Parallel NONE =
      (count, action) -> {
        for (int i = 0; i < count; i++) {
          action.accept(i);
        }
      };

  /** Runs {@code action} for 0 to {@code count} − 1, in any order; returns when all is done. */
  void each(int count, IntConsumer action);
}
