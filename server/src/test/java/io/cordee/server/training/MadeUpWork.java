package io.cordee.server.training;

import io.cordee.common.job.RowCounts;
import io.cordee.common.job.Tally;
import io.cordee.common.job.data.Columns;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import java.util.Random;

/** Partition sums that depend on all weights and the partition; their order of addition shows. */
record MadeUpWork(Chunks chunks, ReductionTree tree) {

  static final int ROWS_PER_PARTITION = 2;
  static final int TEST_ROWS = 9;

  /** The gradient sums of all parameters, then what else the optimizer asks for. */
  float[] sums(float[] at, int partition) {
    int parameters = chunks.parameters();
    float[] sums = new float[parameters * chunks.width()];
    Random noise = new Random(31L * partition);
    for (int i = 0; i < sums.length; i++) {
      float w = at[i % parameters];
      float scale = (float) Math.pow(10, noise.nextInt(4) - 2);
      sums[i] = i < parameters ? (w - 0.3f * i + (float) noise.nextGaussian()) * scale : 1 + scale;
    }
    return sums;
  }

  void copyPart(float[] sums, int chunk, float[] into) {
    int more = chunks.width() - 1;
    int from = chunks.from(chunk);
    int size = chunks.size(chunk);
    System.arraycopy(sums, from, into, 0, size);
    System.arraycopy(sums, chunks.parameters() + from * more, into, size, size * more);
  }

  Tally tally(int version, int node) {
    int rows = ROWS_PER_PARTITION * tree.span(node).size();
    return new Tally(rows, rows / (version + 1.0), rows, 0);
  }

  /** The tally of a slice of the test rows, all predictions wrong. */
  Tally slice(int slice) {
    ReductionTree cut = new ReductionTree(Math.min(tree.partitions(), TEST_ROWS));
    return new Tally(cut.rows(cut.leaf(slice), TEST_ROWS), slice, 0, 0);
  }

  DataFound found() {
    long rows = (long) ROWS_PER_PARTITION * tree.partitions();
    return new DataFound(new RowCounts(rows, 0, TEST_ROWS), "exact", Columns.UNKNOWN);
  }
}
