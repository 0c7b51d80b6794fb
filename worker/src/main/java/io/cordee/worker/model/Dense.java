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
 * @param weight index of the first weight
 * @param bias index of the first bias, [out]
 * @param isTable whether the weights are [in, out], of as many inputs as the vector has
 */
record Dense(int in, int out, int weight, int bias, boolean isTable) {

  static List<Dense> layersOf(Mlp model) {
    Layout layout = model.layout();
    List<Dense> layers = new ArrayList<>();
    for (int i = 0; i < model.depth(); i++) {
      boolean isTable = i == 0 && model.isSparse();
      String name = "layer" + (i + 1);
      layers.add(
          new Dense(
              model.layers().get(i),
              model.layers().get(i + 1),
              layout.find(isTable ? Mlp.TABLE : name + ".weight").orElseThrow().offset(),
              layout.find(name + ".bias").orElseThrow().offset(),
              isTable));
    }
    return layers;
  }

  /** [out, in], in a vector that is laid out as the parameters are. */
  Matrix weights(float[] parameters) {
    return isTable
        ? Matrix.of(parameters, weight, out).transposed()
        : Matrix.of(parameters, weight, in);
  }
}
