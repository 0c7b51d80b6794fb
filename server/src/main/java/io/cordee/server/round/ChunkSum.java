package io.cordee.server.round;

import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Vectors;

/** The sums of some rows for one chunk. */
record ChunkSum(Tally tally, float[] sums) {

  /** Left + right; left's array holds the sum. */
  static ChunkSum add(ChunkSum left, ChunkSum right) {
    Vectors.add(left.sums, right.sums, left.sums.length);
    return new ChunkSum(left.tally.plus(right.tally), left.sums);
  }

  /** Where the first float stands that is not finite; −1 if all are. */
  int firstNotFinite() {
    return Vectors.allFinite(sums, 0, sums.length)
        ? -1
        : Vectors.firstNotFinite(sums, 0, sums.length);
  }
}
