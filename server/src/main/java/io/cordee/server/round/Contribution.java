package io.cordee.server.round;

import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Vectors;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.common.wire.NodeRounding;
import java.util.Arrays;
import java.util.Optional;

/**
 * The sum for one node of the reduction tree, for one chunk and version.
 *
 * @param version how many rounds the weights it was computed at had behind them
 * @param sums gradient sums of the chunk's parameters, then what else the rule asks for; owned by
 *     the receiver
 * @param rows the part of the chunk that the sums are of; the rest is 0
 * @param firstNotFinite where the first float stands that is NaN or infinite; −1 if none is; sums
 *     of contributions are not searched
 */
public record Contribution(
    int version,
    int node,
    int chunk,
    Tally tally,
    float[] sums,
    Optional<Subvector> rows,
    int firstNotFinite) {

  /** Of the whole chunk. */
  public Contribution(int version, int node, int chunk, Tally tally, float[] sums) {
    this(version, node, chunk, tally, sums, Optional.empty());
  }

  /** Looks for it at once, as sums that were just decoded are still in the processor's cache. */
  public Contribution(
      int version, int node, int chunk, Tally tally, float[] sums, Optional<Subvector> rows) {
    this(version, node, chunk, tally, sums, rows, Vectors.firstNotFinite(sums));
  }

  /**
   * Adds siblings into the left one's array, unless that has too few rows, and rounds the sum of
   * each node.
   */
  static TreeReduction.QuadAdder<Contribution> adder(NodeRounding rounding) {
    return new TreeReduction.QuadAdder<>() {
      @Override
      public Contribution add(Contribution left, Contribution right) {
        if (left.rows.isPresent()) {
          return left.plus(right);
        }
        Vectors.add(left.sums, right.sums, left.sums.length);
        rounding.round(left.chunk, left.sums);
        return left.parent(1, left.tally.plus(right.tally), left.sums, left.rows);
      }

      @Override
      public Contribution add(Contribution a, Contribution b, Contribution c, Contribution d) {
        if (!rounding.isExact() || a.rows.isPresent()) {
          return add(add(a, b), add(c, d));
        }
        Vectors.addFour(a.sums, b.sums, c.sums, d.sums, a.sums.length);
        Tally tally = a.tally.plus(b.tally).plus(c.tally.plus(d.tally));
        return a.parent(2, tally, a.sums, a.rows);
      }
    };
  }

  /** Into its own array, or a new one if the other has rows that it has not. */
  private Contribution plus(Contribution right) {
    Subvector own = rows.orElseThrow();
    Subvector others = right.rows.orElseThrow();
    Subvector both = own.and(others.rows());
    float[] all = both == own ? sums : new float[both.values()];
    both.sum(own, sums, others, right.sums, all);
    return parent(1, tally.plus(right.tally), all, Optional.of(both));
  }

  /** The sum of its ancestor {@code levels} up. */
  private Contribution parent(int levels, Tally sum, float[] all, Optional<Subvector> ofRows) {
    return new Contribution(version, node >> levels, chunk, sum, all, ofRows, -1);
  }

  /** The same for all of a chunk of this size. */
  Contribution whole(int size, BufferPool pool) {
    if (rows.isEmpty()) {
      return this;
    }
    float[] all = pool.take(size);
    Arrays.fill(all, 0);
    rows.get().put(sums, all);
    return new Contribution(version, node, chunk, tally, all, Optional.empty(), -1);
  }

  /** It is no longer needed. Arrays of parts of chunks, which have any length, are not pooled. */
  void giveBack(BufferPool pool) {
    if (rows.isEmpty()) {
      pool.giveBack(sums);
    }
  }

  /** The parameter of the chunk, or what else belongs to it, that a float is of. */
  int parameter(int at) {
    return rows.map(part -> part.parameter(at)).orElse(at);
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
    int expected = rows.map(Subvector::values).orElse(chunks.contributionSize(chunk));
    if (sums.length != expected) {
      throw new IllegalArgumentException(
          "chunk " + chunk + " has " + expected + " floats; found " + sums.length);
    }
  }
}
