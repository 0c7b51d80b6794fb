package io.cordee.torch;

import io.cordee.common.model.Words;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A loss of what {@code forward} returns for features: [rows, outputs]. */
enum OutputLoss implements Objective {

  /**
   * −Σ t·ln y. For one output, y = sigmoid(z) and 1 − y, otherwise y = softmax(z), of z as the
   * module returns it. Targets may be shares of classes, and weighted.
   */
  CROSS_ENTROPY {
    @Override
    Tensor sum(Tensor z, Tensor targets) {
      if (z.size(1) == 1) {
        return torch.binary_cross_entropy_with_logits(
            z, targets, new TensorOptional(), new TensorOptional(), SUM);
      }
      return z.log_softmax(1).mul(targets).sum(new ScalarTypeOptional(ScalarType.Double)).neg();
    }

    @Override
    Tensor outputs(Tensor z) {
      return z.size(1) == 1 ? z.sigmoid() : z.softmax(1);
    }
  },

  /** ½ Σ (y − t)², of y as the module returns it. */
  SQUARED_ERROR {
    @Override
    Tensor sum(Tensor y, Tensor targets) {
      return y.sub(targets)
          .square()
          .sum(new ScalarTypeOptional(ScalarType.Double))
          .mul(new Scalar(0.5));
    }

    @Override
    Tensor outputs(Tensor y) {
      return y;
    }
  };

  /** {@code at::Reduction::Sum}. */
  private static final long SUM = 2;

  /**
   * @throws IllegalArgumentException if there is none of that name
   */
  static OutputLoss of(String name) {
    return Words.find(OutputLoss.class, name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a TorchScript model's loss is one of %s, or its own; found %s"
                        .formatted(String.join(", ", Words.all(OutputLoss.class)), name)));
  }

  abstract Tensor sum(Tensor z, Tensor targets);

  abstract Tensor outputs(Tensor z);

  @Override
  public Result evaluate(TorchModule module, TorchMicroBatch batch, boolean withOutputs) {
    Tensor z = forward(module, batch);
    Tensor losses = sum(z, batch.targets());
    float[] outputs = floats(outputs(z.detach()));
    return new Result(losses, batch.correct(outputs), outputs);
  }

  @Override
  public float[] predict(TorchModule module, TorchMicroBatch batch) {
    return floats(outputs(forward(module, batch)));
  }

  private static Tensor forward(TorchModule module, TorchMicroBatch batch) {
    return perRow(module.forward(batch.features()), batch.count());
  }

  /**
   * What a method returned for rows, as [rows, outputs].
   *
   * @throws IllegalArgumentException if it is not as many numbers for each row
   */
  static Tensor perRow(IValue returned, int rows) {
    if (!returned.isTensor()) {
      throw new IllegalArgumentException(
          "expected a tensor of outputs; found a " + returned.tagKind().getString());
    }
    Tensor tensor = returned.toTensor();
    if (tensor.dim() == 0 || tensor.size(0) != rows) {
      throw new IllegalArgumentException(
          "expected outputs of shape [%d, ...] for %d rows; found %s"
              .formatted(rows, rows, Arrays.toString(tensor.sizes().vec().get())));
    }
    return tensor.reshape(rows, tensor.numel() / rows);
  }

  static float[] floats(Tensor tensor) {
    Tensor plain = tensor.detach().to(ScalarType.Float).contiguous();
    float[] floats = new float[Math.toIntExact(plain.numel())];
    new FloatPointer(plain.data_ptr()).get(floats);
    return floats;
  }
}
