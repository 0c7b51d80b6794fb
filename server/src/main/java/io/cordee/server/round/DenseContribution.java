package io.cordee.server.round;

import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Vectors;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.wire.NodeRounding;

/** Sums of all parameters of a chunk. */
public record DenseContribution(
    int version, int node, int chunk, Tally tally, float[] sums, int firstNotFinite)
    implements Contribution {

  /** Looks for what is not finite, as sums that were just decoded are still in the cache. */
  public DenseContribution(int version, int node, int chunk, Tally tally, float[] sums) {
    this(version, node, chunk, tally, sums, Vectors.firstNotFinite(sums));
  }

  /** The parent's sum, in this one's array. */
  DenseContribution plus(DenseContribution right, NodeRounding rounding) {
    Vectors.add(sums, right.sums, sums.length);
    rounding.round(chunk, sums);
    return new DenseContribution(version, node >> 1, chunk, tally.plus(right.tally), sums, -1);
  }

  /** The sum two levels up, (this + b) + (c + d), in this one's array. */
  DenseContribution plus(DenseContribution b, DenseContribution c, DenseContribution d) {
    Vectors.addFour(sums, b.sums, c.sums, d.sums, sums.length);
    Tally all = tally.plus(b.tally).plus(c.tally.plus(d.tally));
    return new DenseContribution(version, node >> 2, chunk, all, sums, -1);
  }

  @Override
  public int expected(Chunks chunks) {
    return chunks.contributionSize(chunk);
  }

  @Override
  public int parameter(int at) {
    return at;
  }

  @Override
  public DenseContribution whole(int size, BufferPool pool) {
    return this;
  }

  @Override
  public void giveBack(BufferPool pool) {
    pool.giveBack(sums);
  }
}
