package io.cordee.worker.compute;

import io.cordee.common.job.Tally;
import io.cordee.function.Layout;
import io.cordee.function.Sums;
import io.cordee.worker.function.FunctionException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/** Checks once whether a gradient function gives the same bits again. Any thread may call. */
final class RepeatCheck {

  @FunctionalInterface
  interface Gradient {
    Tally of(int partition, RoundRows rows, Sums into);
  }

  private final AtomicBoolean isDue;
  private final Layout layout;
  private final NodeSums nodes;

  RepeatCheck(boolean isDue, Layout layout, NodeSums nodes) {
    this.isDue = new AtomicBoolean(isDue);
    this.layout = layout;
    this.nodes = nodes;
  }

  boolean isDue() {
    return isDue.get();
  }

  /**
   * Computes a partition twice, with another one in between if there is one.
   *
   * @param isAbandoned whether others were faster, and parameters may have been overwritten
   * @throws FunctionException if the bits differ
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
    Sums first = nodes.take(Optional.empty());
    Sums second = nodes.take(Optional.empty());
    Tally before = gradient.of(one, rows.apply(one), first);
    if (some.length > 1) {
      gradient.of(some[1], rows.apply(some[1]), second);
    }
    Tally after = gradient.of(one, rows.apply(one), second);
    int at = Arrays.mismatch(first.gradient(), second.gradient());
    boolean isExtraSame = Arrays.equals(first.extra(), second.extra());
    nodes.giveBack(first);
    nodes.giveBack(second);
    if (isAbandoned.getAsBoolean()) {
      isDue.set(true);
    } else if (at >= 0 || !isExtraSame || !before.equals(after)) {
      throw new FunctionException(
          "the gradient function is not deterministic: computed twice, partition %d has another"
              + " %s; take random numbers from the rows' noise and keep nothing between calls, or"
              + " set model.exact: false",
          one,
          at >= 0
              ? "gradient of " + layout.tensorAt(at).name()
              : isExtraSame ? "loss" : "curvature");
    }
  }
}
