package io.cordee.worker.compute;

import io.cordee.function.Layout;
import io.cordee.worker.function.FunctionException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/**
 * Checks once whether a gradient function gives the same bits again, and curvature where the
 * optimizer needs it. Any thread may call.
 */
final class RepeatCheck {

  @FunctionalInterface
  interface Gradient {
    NodeSum of(int partition, RoundRows rows);
  }

  private final AtomicBoolean isDue;
  private final Layout layout;
  private final SumArrays arrays;

  RepeatCheck(boolean isDue, Layout layout, SumArrays arrays) {
    this.isDue = new AtomicBoolean(isDue);
    this.layout = layout;
    this.arrays = arrays;
  }

  boolean isDue() {
    return isDue.get();
  }

  /**
   * Computes a partition twice, with another one in between if there is one.
   *
   * @param isAbandoned whether others were faster, and parameters may have been overwritten
   * @throws FunctionException if the bits differ, or there is a gradient without curvature
   */
  void run(
      BitSet partitions,
      IntFunction<RoundRows> rows,
      Gradient gradient,
      BooleanSupplier isAbandoned) {
    // A small batch may have no rows of some partitions.
    int[] some = partitions.stream().filter(p -> rows.apply(p).count() > 0).limit(2).toArray();
    if (some.length == 0 || !isDue.compareAndSet(true, false)) {
      return;
    }
    int one = some[0];
    NodeSum first = gradient.of(one, rows.apply(one));
    if (some.length > 1) {
      gradient.of(some[1], rows.apply(some[1])).giveBack(arrays);
    }
    NodeSum second = gradient.of(one, rows.apply(one));
    int at = Arrays.mismatch(first.sums().gradient(), second.sums().gradient());
    boolean isExtraSame = Arrays.equals(first.sums().extra(), second.sums().extra());
    boolean lacksCurvature =
        second.sums().width() > 1
            && isZero(second.sums().extra())
            && !isZero(second.sums().gradient());
    first.giveBack(arrays);
    second.giveBack(arrays);
    if (isAbandoned.getAsBoolean()) {
      isDue.set(true);
    } else if (at >= 0 || !isExtraSame || !first.tally().equals(second.tally())) {
      throw new FunctionException(
          "the gradient function is not deterministic: computed twice, partition %d has another"
              + " %s; take random numbers from the rows' noise and keep nothing between calls, or"
              + " set model.exact: false",
          one,
          at >= 0
              ? "gradient of " + layout.tensorAt(first.parameter(at)).name()
              : isExtraSame ? "loss" : "curvature");
    } else if (lacksCurvature) {
      throw new FunctionException(
          "the gradient function gives no curvature, which the job's optimizer needs: expected second"
              + " derivatives in sums.extra(); found zeros alone for partition %d; add them there,"
              + " or use another optimizer",
          one);
    }
  }

  private static boolean isZero(float[] values) {
    for (float value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }
}
