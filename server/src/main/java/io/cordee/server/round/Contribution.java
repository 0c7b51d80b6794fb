package io.cordee.server.round;

import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.common.wire.NodeRounding;

/** The sum for one node of the reduction tree, for one chunk and version. */
public sealed interface Contribution permits DenseContribution, SparseContribution {

  /** The rounds that the weights it was computed at had behind them. */
  int version();

  int node();

  int chunk();

  Tally tally();

  /** Gradient sums, then what else the optimizer asks for; owned by the receiver. */
  float[] sums();

  /**
   * The index of the first float that is NaN or infinite; −1 if none is. Sums of contributions are
   * not searched.
   */
  int firstNotFinite();

  /** The number of floats that it has to have. */
  int expected(Chunks chunks);

  /** The parameter of the chunk, or what else belongs to it, that a float is of. */
  int parameter(int at);

  /** The same of every parameter of a chunk of this size. */
  DenseContribution whole(int size, BufferPool pool);

  /** It is no longer needed. */
  void giveBack(BufferPool pool);

  /**
   * @throws IllegalArgumentException if there is no such node, or no such chunk of this length
   */
  default void check(Chunks chunks, ReductionTree tree) {
    if (chunk() < 0 || chunk() >= chunks.count()) {
      throw new IllegalArgumentException(
          "chunk must be 0 to " + (chunks.count() - 1) + "; found " + chunk());
    }
    if (!tree.contains(node())) {
      throw new IllegalArgumentException(
          "no node " + node() + " in a tree over " + tree.partitions() + " partitions");
    }
    if (version() < 0) {
      throw new IllegalArgumentException("versions count from 0; found version " + version());
    }
    if (tally().rows() < 0) {
      throw new IllegalArgumentException("a tally has 0 rows or more; found " + tally().rows());
    }
    int expected = expected(chunks);
    if (sums().length != expected) {
      throw new IllegalArgumentException(
          "chunk " + chunk() + " has " + expected + " floats; found " + sums().length);
    }
  }

  /**
   * Adds siblings into the left one's array, unless that has too few rows, and rounds the sum of
   * each node.
   */
  static TreeReduction.QuadAdder<Contribution> adder(NodeRounding rounding) {
    return new TreeReduction.QuadAdder<>() {
      @Override
      public Contribution add(Contribution left, Contribution right) {
        return left instanceof DenseContribution dense
            ? dense.plus((DenseContribution) right, rounding)
            : ((SparseContribution) left).plus((SparseContribution) right);
      }

      @Override
      public Contribution add(Contribution a, Contribution b, Contribution c, Contribution d) {
        return a instanceof DenseContribution dense && rounding.isExact()
            ? dense.plus((DenseContribution) b, (DenseContribution) c, (DenseContribution) d)
            : add(add(a, b), add(c, d));
      }
    };
  }
}
