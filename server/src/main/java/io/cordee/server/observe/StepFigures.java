package io.cordee.server.observe;

import java.util.List;

/**
 * What a user of Rprop tunes by, as a sample of the step sizes η in one round tells it.
 *
 * @param round after which
 * @param bins how many η of the sample lie in [2^(LEAST + i), 2^(LEAST + i + 1))
 */
public record StepFigures(int round, List<Layer> layers, long[] bins) {

  /** The exponent of the first bin: what is smaller is in it, too. */
  public static final int LEAST = -24;

  public static final int BINS = 36;

  /**
   * @param flips the share of parameters whose η has shrunk, as the sign of the derivative flipped
   * @param grown the share of those whose η has grown, as it stayed
   * @param median η, to within a factor of √2
   */
  public record Layer(String name, double flips, double grown, double median, int samples) {}

  /** Over all layers, by their parameters in the sample. */
  public double flips() {
    long samples = layers.stream().mapToLong(Layer::samples).sum();
    return layers.stream().mapToDouble(layer -> layer.flips() * layer.samples()).sum() / samples;
  }

  static int bin(float η) {
    return Math.max(0, Math.min(BINS - 1, Math.getExponent(η) - LEAST));
  }

  static double middle(int bin) {
    return Math.pow(2, LEAST + bin + 0.5);
  }
}
