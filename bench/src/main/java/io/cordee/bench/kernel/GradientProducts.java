package io.cordee.bench.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The matrix products in a network's gradient over a micro-batch, on one thread. What a product
 * adds to is read by no other, so that sums grow by the same amount each time, and far from an
 * overflow.
 *
 * @param <V> an array of floats
 */
abstract class GradientProducts<V> {

  private final int[] units;
  private final V parameters;
  private final List<V> values = new ArrayList<>();
  private final List<V> sums = new ArrayList<>();
  private final V gradient;

  /** {@code of} makes an array of a Java one. */
  GradientProducts(List<Integer> layers, int rows, float[] parameters, Function<float[], V> of) {
    units = layers.stream().mapToInt(Integer::intValue).toArray();
    this.parameters = of.apply(parameters);
    for (int count : units) {
      float[] small = new float[rows * count];
      Arrays.fill(small, 1e-3f);
      values.add(of.apply(small));
      sums.add(of.apply(new float[rows * count]));
    }
    gradient = of.apply(new float[parameters.length]);
  }

  final void run(int rows) {
    int at = 0;
    for (int l = 1; l < units.length; l++) {
      int in = units[l - 1];
      int out = units[l];
      addSums(rows, in, out, values.get(l - 1), parameters, at, sums.get(l));
      addOuterProducts(rows, in, out, values.get(l), values.get(l - 1), gradient, at);
      if (l > 1) {
        addErrors(rows, in, out, values.get(l), parameters, at, sums.get(l - 1));
      }
      at += (in + 1) * out;
    }
  }

  /** z[rows, out] += x[rows, in] · wᵀ, with w[out, in] from an index on. */
  abstract void addSums(int rows, int in, int out, V x, V w, int at, V z);

  /** g[out, in] += δ[rows, out]ᵀ · x[rows, in], with g from an index on. */
  abstract void addOuterProducts(int rows, int in, int out, V δ, V x, V g, int at);

  /** below[rows, in] += δ[rows, out] · w, with w[out, in] from an index on. */
  abstract void addErrors(int rows, int in, int out, V δ, V w, int at, V below);
}
