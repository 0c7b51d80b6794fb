package io.cordee.worker.model;

import io.cordee.common.model.Mlp;
import io.cordee.function.Layout;
import io.cordee.worker.math.Matrix;
import java.util.ArrayList;
import java.util.List;

/**
 * One layer's place in the parameter vector.
 *
 * @param in inputs
 * @param out units
 * @param weight index of the first weight, [out, in]
 * @param bias index of the first bias, [out]
 */
record Dense(int in, int out, int weight, int bias) {

  static List<Dense> layersOf(Mlp model) {
    List<Layout.Tensor> tensors = model.layout().tensors();
    List<Dense> layers = new ArrayList<>();
    for (int i = 0; i < model.depth(); i++) {
      layers.add(
          new Dense(
              model.layers().get(i),
              model.layers().get(i + 1),
              tensors.get(2 * i).offset(),
              tensors.get(2 * i + 1).offset()));
    }
    return layers;
  }

  /** [out, in], in a vector that is laid out as the parameters are. */
  Matrix weights(float[] parameters) {
    return Matrix.of(parameters, weight, in);
  }
}
