package io.cordee.torch;

import io.cordee.common.measure.ClassCounts;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import java.util.Arrays;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Rows that a module computes at once. Before any is loaded, they are zeros of class 0. */
final class TorchMicroBatch {

  private final int inputs;
  private final int outputs;
  private final float[] features;
  private final float[] targets;
  private final Block featureBlock;
  private final Block targetBlock;
  private int count;
  private boolean labelled;

  TorchMicroBatch(Retained retained, int most, int inputs, int outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
    features = new float[Math.multiplyExact(most, inputs)];
    targets = new float[Math.multiplyExact(most, outputs)];
    featureBlock = new Block(retained, features.length);
    targetBlock = new Block(retained, targets.length);
  }

  void loadZeros(int count, boolean labelled) {
    this.count = count;
    this.labelled = labelled;
    Arrays.fill(targets, 0);
    if (labelled) {
      for (int row = 0; row < count && outputs > 1; row++) {
        targets[row * outputs] = 1;
      }
    }
    featureBlock.clear();
    targetBlock.set(targets, count * outputs);
  }

  void loadFeatures(Rows rows, int from, int count) {
    this.count = count;
    rows.copyFeatures(from, count, features);
    featureBlock.set(features, count * inputs);
  }

  void loadTargets(Rows rows, int from) {
    labelled = rows.labelled();
    rows.copyTargets(from, count, targets);
    targetBlock.set(targets, count * outputs);
  }

  int count() {
    return count;
  }

  int inputs() {
    return inputs;
  }

  int outputs() {
    return outputs;
  }

  boolean labelled() {
    return labelled;
  }

  /** [count, inputs]. */
  Tensor features() {
    return featureBlock.view(0, count, inputs);
  }

  /** [count, outputs]. */
  Tensor targets() {
    return targetBlock.view(0, count, outputs);
  }

  /** [count]: the classes of rows with labels. */
  Tensor labels() {
    Tensor targets = targets();
    return outputs == 1
        ? targets.view(count).round().to(ScalarType.Long)
        : targets.argmax(new LongOptional(1), false);
  }

  long correct(float[] found) {
    if (!labelled) {
      return Stats.NOT_COUNTED;
    }
    long correct = 0;
    for (int row = 0; row < count; row++) {
      boolean isRight =
          ClassCounts.classOf(found, row, outputs) == ClassCounts.classOf(targets, row, outputs);
      correct += isRight ? 1 : 0;
    }
    return correct;
  }
}
