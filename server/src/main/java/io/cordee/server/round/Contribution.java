package io.cordee.server.round;

import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Vectors;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.common.wire.NodeRounding;

/**
 * The sum for one node of the reduction tree, for one chunk and version.
 *
 * @param version how many rounds the weights it was computed at had behind them
 * @param sums gradient sums of the chunk's parameters, then what else the rule asks for; owned by
 *     the receiver
 * @param firstNotFinite where the first float stands that is NaN or infinite; −1 if none is; sums
 *     of contributions are not searched
 */
public record Contribution(
    int version, int node, int chunk, Tally tally, float[] sums, int firstNotFinite) {

  /** Looks for it at once, as sums that were just decoded are still in the processor's cache. */
  public Contribution(int version, int node, int chunk, Tally tally, float[] sums) {
    this(version, node, chunk, tally, sums, Vectors.firstNotFinite(sums));
  }

  /** Adds siblings into the left one's array, and rounds the sum of each node. */
  static TreeReduction.QuadAdder<Contribution> adder(NodeRounding rounding) {
    return new TreeReduction.QuadAdder<>() {
      @Override
      public Contribution add(Contribution left, Contribution right) {
        Vectors.add(left.sums, right.sums, left.sums.length);
        rounding.round(left.chunk, left.sums);
        return left.at(1, left.tally.plus(right.tally));
      }

      @Override
      public Contribution add(Contribution a, Contribution b, Contribution c, Contribution d) {
        if (!rounding.isExact()) {
          return add(add(a, b), add(c, d));
        }
        Vectors.addFour(a.sums, b.sums, c.sums, d.sums, a.sums.length);
        return a.at(2, a.tally.plus(b.tally).plus(c.tally.plus(d.tally)));
      }
    };
  }

  /** The sum of its ancestor {@code levels} up, in its array. */
  private Contribution at(int levels, Tally sum) {
    return new Contribution(version, node >> levels, chunk, sum, sums, -1);
  }

  /**
   * @throws IllegalArgumentException if there is no such node, or no such chunk of this length
   */
  public void check(Chunks chunks, ReductionTree tree) {
    if (chunk < 0 || chunk >= chunks.count()) {
      throw new IllegalArgumentException(
          "chunk must be 0 to " + (chunks.count() - 1) + "; found " + chunk);
    }
    if (!tree.contains(node)) {
      throw new IllegalArgumentException(
          "no node " + node + " in a tree over " + tree.partitions() + " partitions");
    }
    if (version < 0) {
      throw new IllegalArgumentException("versions count from 0; found version " + version);
    }
    if (tally.rows() < 0) {
      throw new IllegalArgumentException("a tally has 0 rows or more; found " + tally.rows());
    }
    int expected = chunks.contributionSize(chunk);
    if (sums.length != expected) {
      throw new IllegalArgumentException(
          "chunk " + chunk + " has " + expected + " floats; found " + sums.length);
    }
  }
}
