package io.cordee.common.model;

import io.cordee.common.random.SplitMix64;
import java.util.List;

/**
 * The parameter vector before the first round: a function of the model alone. Every parameter is
 * drawn in the order of the layout; biases take part in the draw for {@code UNIFORM} only. Drawn
 * piece by piece, so that a large vector need not be there twice.
 */
public final class InitialWeights {

  private final ModelSpec model;
  private final List<Layout.Tensor> tensors;
  private final SplitMix64 random;

  /** The tensor of the next parameter, and which of its elements that is. */
  private int tensor;

  private int element;

  /** Those of a model, from the first on. */
  public InitialWeights(ModelSpec model) {
    this.model = model;
    this.tensors = Layout.of(model).tensors();
    this.random = new SplitMix64(model.init().seed());
  }

  /** All of a model. */
  public static float[] of(ModelSpec model) {
    float[] parameters = new float[Layout.of(model).parameters()];
    new InitialWeights(model).take(parameters);
    return parameters;
  }

  /**
   * Fills an array with the next parameters.
   *
   * @throws IndexOutOfBoundsException if there are not as many left
   */
  public void take(float[] parameters) {
    int at = 0;
    while (at < parameters.length) {
      Layout.Tensor current = tensors.get(tensor);
      double range = range(model.init(), current.shape());
      int count = Math.min(parameters.length - at, current.size() - element);
      for (int i = at; i < at + count; i++) {
        parameters[i] = range > 0 ? (float) ((2 * random.nextDouble() - 1) * range) : 0;
      }
      at += count;
      element += count;
      if (element == current.size()) {
        tensor++;
        element = 0;
      }
    }
  }

  /** Half the width of the interval around 0 that a tensor is drawn from; 0 if it is not drawn. */
  private static double range(Init init, List<Integer> shape) {
    if (init.scheme() == Init.Scheme.UNIFORM) {
      return init.range();
    }
    if (shape.size() == 1) {
      return 0; // a bias
    }
    int out = shape.get(0);
    int in = shape.get(1);
    double squared = init.scheme() == Init.Scheme.GLOROT ? 6.0 / ((double) in + out) : 6.0 / in;
    return Math.sqrt(squared); // exact to half an ulp on every machine, unlike exp or log
  }
}
