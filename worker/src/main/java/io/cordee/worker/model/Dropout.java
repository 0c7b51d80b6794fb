package io.cordee.worker.model;

import io.cordee.common.random.SplitMix64;

/**
 * Drops hidden units with equal probability, and scales the others to preserve sums on average.
 * Which ones is a function of the pass's seed, the row's place in it, and the layer: not of
 * micro-batches, threads or teams.
 *
 * <p>Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, Dropout: A Simple Way to
 * Prevent Neural Networks from Overfitting, JMLR 15, 2014; scaled in training rather than after it.
 *
 * <p>Not thread-safe: an instance owns the factors of one micro-batch.
 */
final class Dropout {

  private static final int BITS = 32;
  private static final long LOW = 0xffff_ffffL;

  private final long threshold;
  private final float kept;

  /** 0, or the scale of a unit; [rows, units] of each layer. */
  private final float[][] factors;

  /**
   * @param rate the share that is dropped, below 1
   */
  Dropout(double rate, int depth) {
    threshold = (long) (rate * (LOW + 1));
    kept = (float) (1 / (1 - rate));
    factors = new float[depth][];
  }

  /**
   * into ← units · factors, drawn anew.
   *
   * @param from the first row's place among all rows of the pass
   */
  void apply(long seed, int layer, int from, int rows, int width, float[] units, float[] into) {
    if (factors[layer] == null) {
      factors[layer] = new float[units.length];
    }
    float[] drawn = factors[layer];
    for (int row = 0; row < rows; row++) {
      long ofRow = new SplitMix64(seed + from + row).nextLong();
      SplitMix64 random = new SplitMix64(ofRow + layer);
      long bits = 0;
      for (int unit = 0; unit < width; unit++) {
        bits = unit % 2 == 0 ? random.nextLong() : bits >>> BITS;
        drawn[row * width + unit] = (bits & LOW) < threshold ? 0 : kept;
      }
    }
    multiply(units, drawn, into, rows * width);
  }

  /** deltas ← deltas · factors, as last drawn. */
  void applyBack(int layer, float[] deltas, int count) {
    multiply(deltas, factors[layer], deltas, count);
  }

  private static void multiply(float[] a, float[] b, float[] into, int count) {
    for (int i = 0; i < count; i++) {
      into[i] = a[i] * b[i];
    }
  }
}
