package io.cordee.worker.compute;

import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Holding;
import io.cordee.common.reduce.RowHolding;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.wire.NodeRounding;
import io.cordee.function.Sums;

/**
 * Sums of some rows of a table, and of what precedes it; the others are 0.
 *
 * @param part what the sums are of
 */
record SparseSum(Tally tally, Sums sums, Subvector part) implements NodeSum {

  @Override
  public int parameter(int at) {
    return part.parameter(at);
  }

  @Override
  public NodeSum plus(NodeSum right, NodeRounding rounding) {
    Subvector others = ((SparseSum) right).part;
    Subvector both = part.and(others.rows());
    Sums all = both == part ? sums : new Sums(both.values(), 1);
    both.sum(part, sums.gradient(), others, right.sums().gradient(), all.gradient());
    return new SparseSum(tally.plus(right.tally()), all, both);
  }

  @Override
  public Sums of(Holding holding) {
    Subvector held = ((RowHolding) holding).part();
    if (part.values() == held.values()) {
      return sums;
    }
    Sums all = new Sums(held.values(), 1);
    part.put(sums.gradient(), held, all.gradient());
    return all;
  }

  /** Its arrays, which may have any length, are not used again. */
  @Override
  public void giveBack(SumArrays arrays) {}
}
