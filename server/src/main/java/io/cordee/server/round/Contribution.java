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

  /** Adds siblings into the left one's array; where sums are rounded, each node by itself. */
  static TreeReduction.Adder<Contribution> adder(NodeRounding rounding) {
    if (rounding.isExact()) {
      return new Fours();
    }
    return (left, right) -> {
      Contribution sum = left.plus(right);
      rounding.round(sum.chunk, sum.sums);
      return sum;
    };
  }

  private static final class Fours implements TreeReduction.QuadAdder<Contribution> {
    @Override
    public Contribution add(Contribution left, Contribution right) {
      return left.plus(right);
    }

    @Override
    public Contribution add(Contribution a, Contribution b, Contribution c, Contribution d) {
      Vectors.addFour(a.sums, b.sums, c.sums, d.sums, a.sums.length);
      return a.at(2, a.tally.plus(b.tally).plus(c.tally.plus(d.tally)));
    }
  }

  private Contribution plus(Contribution right) {
    Vectors.add(sums, right.sums, sums.length);
    return at(1, tally.plus(right.tally));
  }

  /** This array, now the sum of the node so many levels above. */
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
