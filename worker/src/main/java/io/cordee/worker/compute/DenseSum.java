package io.cordee.worker.compute;

import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Holding;
import io.cordee.common.wire.NodeRounding;
import io.cordee.function.Sums;

/** Sums of the whole vector. */
record DenseSum(Tally tally, Sums sums) implements NodeSum {

  @Override
  public int parameter(int at) {
    return at;
  }

  @Override
  public NodeSum plus(NodeSum right, NodeRounding rounding) {
    sums.add(right.sums());
    rounding.round(sums);
    return new DenseSum(tally.plus(right.tally()), sums);
  }

  @Override
  public Sums of(Holding holding) {
    return sums;
  }

  @Override
  public void giveBack(SumArrays arrays) {
    arrays.giveBack(sums);
  }
}
