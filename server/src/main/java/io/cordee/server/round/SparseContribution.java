package io.cordee.server.round;

import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Vectors;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Subvector;
import java.util.Arrays;

/**
 * Sums of some rows of a table, and of what precedes it in the chunk; the rest is 0.
 *
 * @param part what the sums are of
 */
public record SparseContribution(
    int version, int node, int chunk, Tally tally, float[] sums, Subvector part, int firstNotFinite)
    implements Contribution {

  /** Looks for what is not finite, as sums that were just decoded are still in the cache. */
  public SparseContribution(
      int version, int node, int chunk, Tally tally, float[] sums, Subvector part) {
    this(version, node, chunk, tally, sums, part, Vectors.firstNotFinite(sums));
  }

  /** The parent's sum: in this one's array, or a new one if the other has rows that it has not. */
  SparseContribution plus(SparseContribution right) {
    Subvector both = part.and(right.part.rows());
    float[] all = both == part ? sums : new float[both.values()];
    both.sum(part, sums, right.part, right.sums, all);
    Tally total = tally.plus(right.tally);
    return new SparseContribution(version, node >> 1, chunk, total, all, both, -1);
  }

  @Override
  public int expected(Chunks chunks) {
    return part.values();
  }

  @Override
  public int parameter(int at) {
    return part.parameter(at);
  }

  @Override
  public DenseContribution whole(int size, BufferPool pool) {
    float[] all = pool.take(size);
    Arrays.fill(all, 0);
    part.put(sums, all);
    return new DenseContribution(version, node, chunk, tally, all, -1);
  }

  /** Its array, which may have any length, is not pooled. */
  @Override
  public void giveBack(BufferPool pool) {}
}
