package io.cordee.torch;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;

/**
 * Whether a module draws random numbers, as for dropout: found by passes over a few rows of zeros.
 */
record ModuleProbe(boolean drawsInTraining, boolean drawsInEvaluation) {

  /** More than one, as a batch norm takes no less. */
  static final int ROWS = 2;

  /** Of a mean over rows that are alike, from that over one of them. */
  private static final double ROUNDING = 1e-5;

  /**
   * @throws IllegalArgumentException if it cannot be trained
   */
  static ModuleProbe of(TorchModule module, Objective objective, TorchMicroBatch batch) {
    try {
      return of(module, objective, batch, true);
    } catch (TorchException withLabels) {
      try {
        return of(module, objective, batch, false);
      } catch (TorchException e) {
        throw new IllegalArgumentException(
            "it fails on rows of %d features and %d targets: %s"
                .formatted(batch.inputs(), batch.outputs(), withLabels.getMessage()),
            withLabels);
      }
    }
  }

  private static ModuleProbe of(
      TorchModule module, Objective objective, TorchMicroBatch batch, boolean labelled) {
    return Libtorch.call(
        true,
        () -> {
          requireOutputs(module, objective, batch);
          requireSum(module, objective, batch, labelled);
          batch.loadZeros(ROWS, labelled);
          Runnable pass = () -> objective.evaluate(module, batch, true);
          module.setTraining(false);
          boolean drawsInEvaluation = Generator.isUsedBy(pass);
          Map<String, Tensor> before = module.copyBuffers();
          module.setTraining(true);
          boolean drawsInTraining = Generator.isUsedBy(pass);
          requireSame(before, module.copyBuffers());
          return new ModuleProbe(drawsInTraining, drawsInEvaluation);
        });
  }

  private static void requireOutputs(
      TorchModule module, Objective objective, TorchMicroBatch batch) {
    if (objective instanceof OwnLoss && !module.predicts()) {
      return;
    }
    batch.loadZeros(ROWS, true);
    module.setTraining(false);
    int found = objective.predict(module, batch).length / ROWS;
    if (found != batch.outputs()) {
      throw new IllegalArgumentException(
          "expected %d outputs, as the job's data has; found %d".formatted(batch.outputs(), found));
    }
  }

  private static void requireSum(
      TorchModule module, Objective objective, TorchMicroBatch batch, boolean labelled) {
    if (!(objective instanceof OwnLoss)) {
      return;
    }
    module.setTraining(false);
    double one = losses(module, objective, batch, 1, labelled);
    double two = losses(module, objective, batch, ROWS, labelled);
    if (one != 0 && Math.abs(two - one) <= ROUNDING * Math.abs(one)) {
      throw new IllegalArgumentException(
          "forward returns the mean of the rows' losses; expected their sum (reduction='sum')");
    }
  }

  private static double losses(
      TorchModule module, Objective objective, TorchMicroBatch batch, int rows, boolean labelled) {
    batch.loadZeros(rows, labelled);
    return objective.evaluate(module, batch, false).losses().item_double();
  }

  private static void requireSame(Map<String, Tensor> before, Map<String, Tensor> after) {
    Set<String> changed = new TreeSet<>();
    before.forEach(
        (name, tensor) -> {
          if (!tensor.equal(after.get(name))) {
            changed.add(name);
          }
        });
    if (!changed.isEmpty()) {
      throw new IllegalArgumentException(
          ("training changes its buffers %s, and then its bits depend on who computes what; in place"
                  + " of BatchNorm take GroupNorm or LayerNorm, or freeze it (FrozenBatchNorm2d)")
              .formatted(String.join(", ", changed)));
    }
  }
}
