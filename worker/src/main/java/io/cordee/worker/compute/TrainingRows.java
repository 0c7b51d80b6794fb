package io.cordee.worker.compute;

import io.cordee.function.Rows;
import io.cordee.worker.model.ForwardingRows;
import java.util.OptionalLong;

/**
 * Training rows of a job that regularizes: with noise, and with smoothed and weighted labels.
 *
 * @param smoothing the share of a label spread over all classes
 * @param weights of the classes; empty if all count alike
 */
record TrainingRows(Rows rows, int outputs, double smoothing, float[] weights, OptionalLong noise)
    implements ForwardingRows {

  @Override
  public void copyTargets(int from, int count, float[] into) {
    rows.copyTargets(from, count, into);
    if (!labelled() || smoothing == 0 && weights.length == 0) {
      return;
    }
    for (int row = 0; row < count; row++) {
      float weight = weights.length == 0 ? 1 : weights[label(into, row * outputs)];
      for (int i = row * outputs; i < (row + 1) * outputs; i++) {
        into[i] = weight * (float) (into[i] * (1 - smoothing) + smoothing / Math.max(2, outputs));
      }
    }
  }

  private int label(float[] oneHot, int from) {
    int label = 0;
    while (oneHot[from + label] != 1) {
      label++;
    }
    return label;
  }
}
