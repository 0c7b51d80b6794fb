package io.cordee.worker.compute;

import io.cordee.common.kernel.Vectors;
import io.cordee.function.Layout;

/** A loss or a gradient is not finite. One line for people. */
public final class DivergenceException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private DivergenceException(String message) {
    super(message);
  }

  /**
   * @param where in the round of this version: the partition
   * @throws DivergenceException if anything is not finite
   */
  static void unlessFinite(int version, String where, Layout layout, NodeSum sum) {
    float[] gradient = sum.sums().gradient();
    boolean isFinite =
        Double.isFinite(sum.tally().lossSum())
            && Vectors.allFinite(gradient)
            && Vectors.allFinite(sum.sums().extra());
    if (!isFinite) {
      int first = Vectors.firstNotFinite(gradient);
      int at = first < 0 ? first : sum.parameter(first);
      String what =
          at >= 0 ? "the gradient of " + layout.tensorAt(at).name() : "the loss or curvature";
      throw new DivergenceException(
          "round %d: %s is not finite on %s; a smaller learning rate or step may help"
              .formatted(version + 1, what, where));
    }
  }
}
