package io.cordee.worker.compute;

import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Subvector;
import io.cordee.function.Rows;
import io.cordee.function.Sums;
import io.cordee.worker.model.ListedRows;

/**
 * A point of which rows of data read some rows of a table, and what precedes it.
 *
 * @param held the values of {@code part}
 */
record EmbeddingPoint(float[] held, Subvector part) implements Point {

  @Override
  public float[] parameters(Rows rows) {
    return parameters(touched(rows));
  }

  @Override
  public NodeSum sum(Rows rows, SumArrays arrays, Gradient gradient) {
    Subvector touched = touched(rows);
    Sums sums = new Sums(touched.values(), 1);
    Tally tally = gradient.at(parameters(touched), sums);
    return new SparseSum(tally, sums, touched);
  }

  private Subvector touched(Rows rows) {
    return part.with(ListedRows.touched(rows).orElseThrow());
  }

  private float[] parameters(Subvector touched) {
    float[] own = new float[touched.values()];
    touched.take(part, held, own);
    return own;
  }
}
