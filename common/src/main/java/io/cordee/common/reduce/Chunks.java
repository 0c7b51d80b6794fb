package io.cordee.common.reduce;

/**
 * How a parameter vector is cut into chunks. A function of the job alone, so that every process
 * cuts alike.
 *
 * @param parameters the length of the vector
 * @param length parameters per chunk; the last may have fewer
 * @param width floats that a contribution carries per parameter: 1 for a gradient, 2 with a
 *     diagonal curvature, 1 + parameters with a Hessian
 */
public record Chunks(int parameters, int length, int width) {

  private static final int PREFERRED_PARAMETERS = 64 * 1024;
  private static final int MAX_FLOATS = 256 * 1024;

  /** Chunks of 256 KiB of parameters, fewer if a contribution's chunk would exceed 1 MiB. */
  public static Chunks of(int parameters, int width) {
    return new Chunks(
        parameters, Math.max(1, Math.min(PREFERRED_PARAMETERS, MAX_FLOATS / width)), width);
  }

  public int count() {
    return (int) (((long) parameters + length - 1) / length);
  }

  public int from(int chunk) {
    return chunk * length;
  }

  public int to(int chunk) {
    return (int) Math.min((long) (chunk + 1) * length, parameters);
  }

  public int size(int chunk) {
    return to(chunk) - from(chunk);
  }

  /**
   * Floats in a contribution to this chunk: its gradient, then what else belongs to its parameters.
   */
  public int contributionSize(int chunk) {
    return size(chunk) * width;
  }
}
