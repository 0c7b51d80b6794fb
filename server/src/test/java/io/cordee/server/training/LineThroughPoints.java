package io.cordee.server.training;

import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;

/** A line through points that it makes up itself: y = x₀ − 2x₁ + 3x₂ + 4. */
public class LineThroughPoints implements GradientFunction {

  public static final int ROWS = 60;
  public static final Layout LAYOUT =
      Layout.builder().tensor("slope", 3).tensor("intercept").build();

  @Override
  public Layout layout() {
    return LAYOUT;
  }

  protected float[] point(long row) {
    return new float[] {row % 7 - 3, row % 5 - 2, row % 3 - 1};
  }

  @Override
  public Stats accumulate(float[] parameters, Rows rows, Sums sums) {
    double loss = 0;
    for (int i = 0; i < rows.count(); i++) {
      float[] x = point(rows.index(i));
      float error = error(parameters, x);
      loss += 0.5 * error * error;
      for (int j = 0; j < 3; j++) {
        sums.gradient()[j] += error * x[j];
      }
      sums.gradient()[3] += error;
    }
    return new Stats(rows.count(), loss);
  }

  private static float error(float[] w, float[] x) {
    float y = w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + w[3];
    return y - (x[0] - 2 * x[1] + 3 * x[2] + 4);
  }

  @Override
  public Stats measure(float[] parameters, Rows rows, float[] outputs) {
    return accumulate(parameters, rows, new Sums(4, 1));
  }
}
