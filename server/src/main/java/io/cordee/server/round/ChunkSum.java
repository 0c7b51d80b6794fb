package io.cordee.server.round;

import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Vectors;
import io.cordee.common.reduce.TreeReduction;

/** The sums of some rows for one chunk. */
record ChunkSum(Tally tally, float[] sums) {

  /** The sum is held by the first one's array. */
  static final TreeReduction.QuadAdder<ChunkSum> ADDER =
      new TreeReduction.QuadAdder<>() {
        @Override
        public ChunkSum add(ChunkSum left, ChunkSum right) {
          Vectors.add(left.sums, right.sums, left.sums.length);
          return new ChunkSum(left.tally.plus(right.tally), left.sums);
        }

        @Override
        public ChunkSum add(ChunkSum a, ChunkSum b, ChunkSum c, ChunkSum d) {
          Vectors.addFour(a.sums, b.sums, c.sums, d.sums, a.sums.length);
          Tally tally = a.tally.plus(b.tally).plus(c.tally.plus(d.tally));
          return new ChunkSum(tally, a.sums);
        }
      };
}
