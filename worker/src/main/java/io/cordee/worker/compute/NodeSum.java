package io.cordee.worker.compute;

import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Holding;
import io.cordee.common.wire.NodeRounding;
import io.cordee.function.Sums;

/** The sums at a node of the reduction tree. */
sealed interface NodeSum permits DenseSum, SparseSum {

  Tally tally();

  Sums sums();

  /** The parameter that an element of the gradient is of. */
  int parameter(int at);

  /** Adds the sibling on the right, in this one's arrays where they are large enough. */
  NodeSum plus(NodeSum right, NodeRounding rounding);

  /** The sums of what is held, which is at least what these are of. */
  Sums of(Holding holding);

  /** It is no longer needed. */
  void giveBack(SumArrays arrays);
}
