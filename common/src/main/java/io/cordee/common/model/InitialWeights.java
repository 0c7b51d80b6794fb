package io.cordee.common.model;

import io.cordee.common.random.SplitMix64;
import java.util.List;

/** The parameter vector before the first round: a function of the model alone. */
public final class InitialWeights {

  private InitialWeights() {}

  /**
   * Draws every parameter in the order of the layout. Biases take part in the draw for {@code
   * UNIFORM} only.
   *
   * @return a new parameter vector
   */
  public static float[] of(ModelSpec model) {
    Layout layout = Layout.of(model);
    float[] parameters = new float[layout.parameters()];
    SplitMix64 random = new SplitMix64(model.init().seed());
    for (Layout.Tensor tensor : layout.tensors()) {
      double range = range(model.init(), tensor.shape());
      if (range > 0) {
        for (int i = tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
          parameters[i] = (float) ((2 * random.nextDouble() - 1) * range);
        }
      }
    }
    return parameters;
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
