package io.cordee.worker.compute;

import io.cordee.common.job.Tally;
import io.cordee.function.Rows;
import io.cordee.function.Sums;

/**
 * A point whose whole vector every row of data may read.
 *
 * @param parameters the whole vector
 */
record DensePoint(float[] parameters) implements Point {

  @Override
  public float[] parameters(Rows rows) {
    return parameters;
  }

  @Override
  public NodeSum sum(Rows rows, SumArrays arrays, Gradient gradient) {
    Sums sums = arrays.take();
    Tally tally = gradient.at(parameters, sums);
    return new DenseSum(tally, sums);
  }
}
