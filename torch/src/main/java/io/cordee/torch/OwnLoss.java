package io.cordee.torch;

import io.cordee.function.Stats;
import java.util.Arrays;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Tensor;

/**
 * A loss that {@code forward} itself returns, for features and targets or for features alone: the
 * sum over the rows, or that and the number of rows that are right. Where there is a method {@code
 * predict}, it returns the outputs for features.
 */
final class OwnLoss implements Objective {

  private static final float[] NONE = {};

  @Override
  public Result evaluate(TorchModule module, TorchMicroBatch batch, boolean withOutputs) {
    IValue returned =
        module.arguments() == 1
            ? module.forward(batch.features())
            : module.forward(batch.features(), batch.labelled() ? batch.labels() : batch.targets());
    float[] outputs = withOutputs && module.predicts() ? predict(module, batch) : NONE;
    if (!returned.isTuple()) {
      return new Result(
          loss(returned), outputs.length > 0 ? batch.correct(outputs) : Stats.NOT_COUNTED, outputs);
    }
    IValueVector pair = returned.toTupleRef().elements().vec();
    long correct = batch.labelled() ? number(pair.get(1)) : Stats.NOT_COUNTED;
    return new Result(loss(pair.get(0)), correct, outputs);
  }

  /** Whether what a method has returned for several rows can be their loss, rather than outputs. */
  static boolean isReturned(IValue value) {
    return value.isTuple() || isNumber(value);
  }

  private static boolean isNumber(IValue value) {
    return value.isTensor() && value.toTensor().numel() == 1;
  }

  private static Tensor loss(IValue value) {
    if (!isNumber(value)) {
      throw new IllegalArgumentException(
          "without model.loss, forward must return the sum of the rows' losses; found %s"
              .formatted(
                  value.isTensor()
                      ? "a tensor of shape " + Arrays.toString(value.toTensor().sizes().vec().get())
                      : "a " + value.tagKind().getString()));
    }
    return value.toTensor();
  }

  private static long number(IValue value) {
    return value.isTensor() ? value.toTensor().item_long() : value.toInt();
  }

  @Override
  public float[] predict(TorchModule module, TorchMicroBatch batch) {
    if (!module.predicts()) {
      throw new UnsupportedOperationException(
          "this model has a loss alone; a method predict, marked @torch.jit.export, gives outputs");
    }
    return OutputLoss.floats(OutputLoss.perRow(module.predict(batch.features()), batch.count()));
  }
}
