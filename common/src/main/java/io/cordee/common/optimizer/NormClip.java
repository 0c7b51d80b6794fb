package io.cordee.common.optimizer;

import io.cordee.common.kernel.Vectors;
import io.cordee.common.optimizer.Setting.Bounds;
import io.cordee.common.optimizer.Setting.Number;
import java.util.Optional;

/**
 * Shortens a mean gradient whose L2 norm, over the whole vector, is above a limit to that limit.
 * Curvature stays as it is.
 */
record NormClip(double limit) {

  static final Setting SETTING =
      new Number(
          "clip_norm",
          0.0,
          Bounds.NOT_NEGATIVE,
          "the largest L2 norm of the mean gradient, above which it is shortened; 0 is off");

  /** None if it is off, or not offered for the optimizer. */
  static Optional<NormClip> of(Settings settings) {
    return Optional.ofNullable(settings.values().get(SETTING.key()))
        .map(Double.class::cast)
        .filter(limit -> limit > 0)
        .map(NormClip::new);
  }

  /** The norm of the whole vector, from {@link Vectors#squares} of each chunk, in chunk order. */
  static double norm(double[] squares) {
    double total = 0;
    for (double chunk : squares) {
      total += chunk;
    }
    return Math.sqrt(total);
  }

  /** Shortens the first {@code size} elements if the vector's norm is above the limit. */
  void apply(float[] means, int size, double norm) {
    if (norm > limit) {
      double factor = limit / norm; // which may be too small for a float to hold it well
      for (int k = 0; k < size; k++) {
        means[k] = (float) (means[k] * factor);
      }
    }
  }
}
