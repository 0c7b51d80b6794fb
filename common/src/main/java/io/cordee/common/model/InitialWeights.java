package io.cordee.common.model;

import io.cordee.common.kernel.Xxh64;
import io.cordee.common.random.SplitMix64;
import io.cordee.function.Layout;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The parameter vector before the first round: a function of the model alone. Every parameter is
 * drawn in the order of the layout, and a sparse layer's table as the matrix that it stands for,
 * [out, in], before all others; biases take part in the draw for {@code UNIFORM} only. Tables of
 * ids are drawn each for itself, so that a row is a function of seed, table and row. Any piece can
 * be drawn by itself, by any thread, so that a large vector need not be there whole.
 */
public final class InitialWeights {

  private static final Init NO_SCHEME = new Init(Init.Scheme.GLOROT, 0, 0);

  private final Init init;

  /** Those that are given rather than drawn: all, or those before tables. */
  private final Optional<float[]> given;

  private final List<Layout.Tensor> tensors;
  private final long seed;

  /** How many numbers are drawn before those of each tensor. */
  private final long[] before;

  public InitialWeights(ModelSpec model) {
    Layout layout = model.layout();
    this.init = model instanceof Mlp mlp ? mlp.init() : NO_SCHEME;
    this.given = model.first().map(first -> read(first, model.given()));
    this.tensors = layout.tensors();
    this.seed = model.seed();
    this.before = new long[tensors.size()];
    Layout.Tensor last = tensors.get(tensors.size() - 1);
    long drawn = isTable(last) ? last.size() : 0;
    for (int i = 0; i < before.length; i++) {
      boolean isTable = isTable(tensors.get(i)) || isIds(tensors.get(i));
      before[i] = isTable ? 0 : drawn;
      drawn += isTable || range(init, tensors.get(i)) == 0 ? 0 : tensors.get(i).size();
    }
  }

  private static boolean isTable(Layout.Tensor tensor) {
    return tensor.name().equals(Mlp.TABLE);
  }

  private static boolean isIds(Layout.Tensor tensor) {
    return tensor.name().startsWith(IdTable.PREFIX);
  }

  private static float[] read(FirstWeights first, Layout layout) {
    try {
      return first.read(layout);
    } catch (ModelFileException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  public static float[] of(ModelSpec model) {
    float[] parameters = new float[model.layout().parameters()];
    new InitialWeights(model).take(parameters, 0);
    return parameters;
  }

  /**
   * Fills an array with the parameters from this one on.
   *
   * @throws IndexOutOfBoundsException if there are not as many
   */
  public void take(float[] parameters, int first) {
    int at = 0;
    for (int tensor = 0; at < parameters.length; tensor++) {
      Layout.Tensor current = tensors.get(tensor);
      int element = first + at - current.offset();
      int count = Math.min(parameters.length - at, current.size() - element);
      if (count > 0 && given.isPresent() && current.offset() < given.get().length) {
        System.arraycopy(given.get(), first + at, parameters, at, count);
      } else if (count > 0) {
        draw(tensor, element, parameters, at, count);
      }
      at += Math.max(0, count);
    }
  }

  private void draw(int tensor, int element, float[] into, int from, int count) {
    Layout.Tensor current = tensors.get(tensor);
    double range = range(init, current);
    if (range == 0) {
      Arrays.fill(into, from, from + count, 0);
      return;
    }
    if (isTable(current)) {
      int rows = current.shape().get(0);
      int width = current.shape().get(1);
      for (int i = 0; i < count; i++) {
        long place = (long) ((element + i) % width) * rows + (element + i) / width;
        into[from + i] = value(randomAt(place), range);
      }
      return;
    }
    SplitMix64 random =
        isIds(current) ? ofTable(current, element) : randomAt(before[tensor] + element);
    for (int i = from; i < from + count; i++) {
      into[i] = value(random, range);
    }
  }

  /** From an element of a table of ids on. */
  private SplitMix64 ofTable(Layout.Tensor current, int element) {
    long name = Xxh64.hash(current.name().getBytes(StandardCharsets.UTF_8));
    SplitMix64 random = new SplitMix64(Xxh64.hash(new long[] {seed, name}));
    random.skip(element);
    return random;
  }

  private SplitMix64 randomAt(long drawn) {
    SplitMix64 random = new SplitMix64(seed);
    random.skip(drawn);
    return random;
  }

  /** Never −0, which a step may change even if it has no gradient. */
  private static float value(SplitMix64 random, double range) {
    return (float) ((2 * random.nextDouble() - 1) * range) + 0f;
  }

  /** Half the width of the interval around 0 that a tensor is drawn from; 0 if it is not drawn. */
  private static double range(Init init, Layout.Tensor tensor) {
    List<Integer> shape = tensor.shape();
    if (init.scheme() == Init.Scheme.UNIFORM) {
      return init.range();
    }
    if (tensor.isBias()) {
      return 0;
    }
    if (isIds(tensor)) {
      return 1 / Math.sqrt(shape.get(1)); // whatever the number of rows, as one of them is read
    }
    int out = shape.get(isTable(tensor) ? 1 : 0);
    int in = shape.get(isTable(tensor) ? 0 : 1);
    double squared = init.scheme() == Init.Scheme.GLOROT ? 6.0 / ((double) in + out) : 6.0 / in;
    return Math.sqrt(squared); // exact to half an ulp on every machine, unlike exp or log
  }
}
