package io.cordee.worker.math;

import io.cordee.common.kernel.PlainFirst;
import java.util.Arrays;

/**
 * The two products of a layer with rows that are {@link SparseRows}: weighted sums, and the
 * gradient of the weights. The bits are those of {@link MatrixProduct}, except for the sign of
 * zeros.
 *
 * <p>Not thread-safe. Owns a packed copy of the weights and the transposed gradient.
 */
public final class SparseProduct {

  private final PlainFirst<Kernels> choice;
  private final int out;
  private int in;
  private final Panels weights;
  private final Panels errors;
  private Kernels kernels;

  private float[] sums = {};
  private int sumsAt;
  private float[] gradient = {};
  private int gradientAt;

  SparseProduct(PlainFirst<Kernels> choice, int out) {
    this.choice = choice;
    this.out = out;
    kernels = choice.get();
    weights = new Panels(() -> kernels, Kernels::listWidth, Integer.MAX_VALUE);
    errors = new Panels(() -> kernels, Kernels::listWidth, SparseRows.BLOCK);
  }

  /** The weights differ from now on. */
  public void clear() {
    weights.clear();
  }

  /** Rows of the transposed gradient, padded to whole groups. */
  private int height() {
    int group = kernels.linesInList();
    return (in + group - 1) / group * group;
  }

  /** Room for {@code length} floats from the start of a cache line on. */
  private static float[] atLeast(int length, float[] array) {
    int needed = length + CacheLine.FLOATS;
    return array.length < needed ? new float[needed] : array;
  }

  /**
   * Begins a pass over the rows of a partition.
   *
   * @param w the weights, [out, in]; those of the last pass, unless {@link #clear} was called
   * @param in features of a row
   * @param isGradientWanted whether {@link #addGradient} will be called
   */
  public void begin(Matrix w, int in, boolean isGradientWanted) {
    this.in = in;
    kernels = choice.get();
    weights.ensure(in, out, w.transposed(), false);
    int rows = SparseRows.BLOCK + kernels.linesInList();
    sums = atLeast(rows * kernels.listWidth(out), sums);
    sumsAt = CacheLine.firstIndex(sums);
    if (isGradientWanted) {
      int length = Math.multiplyExact(height(), weights.padded(out));
      gradient = atLeast(length, gradient);
      gradientAt = CacheLine.firstIndex(gradient);
      Arrays.fill(gradient, gradientAt, gradientAt + length, 0);
    }
  }

  /** z[rows, out] += x · wᵀ for rows from a multiple of {@link SparseRows#BLOCK} on. */
  public void addSums(SparseRows x, int from, int rows, Matrix z) {
    long start = System.nanoTime();
    int at = weights.at(0, 0);
    for (int j = 0; j < out; ) {
      int width = kernels.listWidth(out - j);
      int columns = Math.min(width, out - j);
      for (int i = 0; i < rows; i++) {
        z.copyTo(x.rowAt(from, i), 1, j, columns, sums, sumsAt + i * width, width);
      }
      x.addSums(kernels, from, rows, width, weights.values(j), at, sums, sumsAt, width);
      for (int i = 0; i < rows; i++) {
        z.copyFrom(x.rowAt(from, i), 1, j, columns, sums, sumsAt + i * width, width);
      }
      at += in * width;
      j += width;
    }
    choice.took(x.multiplied(from, rows) * out, start);
  }

  /** Adds the gradient of the same rows: δᵀ · x, with δ[rows, out]. */
  public void addGradient(SparseRows x, int from, int rows, Matrix δ) {
    long start = System.nanoTime();
    errors.pack(rows, out, δ);
    int at = errors.at(0, 0);
    int to = gradientAt;
    for (int j = 0; j < out; ) {
      int width = kernels.listWidth(out - j);
      x.addGradient(kernels, from, rows, width, errors.values(j), at, width, gradient, to);
      at += rows * width;
      to += height() * width;
      j += width;
    }
    choice.took(x.multiplied(from, rows) * out, start);
  }

  /** Writes the gradient of the weights, [out, in]. */
  public void end(Matrix w) {
    int from = gradientAt;
    for (int j = 0; j < out; ) {
      int width = kernels.listWidth(out - j);
      int columns = Math.min(width, out - j);
      w.transposed().copyFrom(0, in, j, columns, gradient, from, width);
      from += height() * width;
      j += width;
    }
  }
}
