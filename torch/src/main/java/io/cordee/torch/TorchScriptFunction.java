package io.cordee.torch;

import io.cordee.common.random.SplitMix64;
import io.cordee.function.FunctionContext;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import java.util.function.Supplier;

/**
 * Gradients of a TorchScript module, through libtorch: rows in micro-batches of a fixed size, one
 * after the other, by the calling thread alone.
 */
public final class TorchScriptFunction implements GradientFunction {

  private static final float[] NONE = {};

  private final Retained retained = new Retained();
  private final TorchScriptJob job;
  private final TorchModule module;
  private final TorchMicroBatch batch;
  private final ModuleProbe probe;

  private record Step(double losses, long correct) {}

  /**
   * @throws IllegalArgumentException if the job's file is not a module that fits the job
   */
  TorchScriptFunction(FunctionContext context) {
    job = TorchScriptJob.of(context);
    module = new TorchModule(job.file());
    try {
      job.requireArguments(module, context.outputs());
      batch =
          Libtorch.call(
              false,
              () -> new TorchMicroBatch(retained, mostRows(), context.inputs(), context.outputs()));
      probe = ModuleProbe.of(module, job.objective(), batch);
    } catch (IllegalArgumentException e) {
      close();
      throw new IllegalArgumentException(job.file() + ": " + e.getMessage(), e);
    }
  }

  private int mostRows() {
    return Math.max(ModuleProbe.ROWS, job.microBatch());
  }

  @Override
  public Layout layout() {
    return module.layout();
  }

  @Override
  public Stats accumulate(float[] parameters, Rows rows, Sums sums) {
    if (sums.width() != 1) {
      throw new IllegalArgumentException(
          "a TorchScript model gives no second derivatives; choose another rule than newton");
    }
    // Where nothing is to be drawn, a pass is as in evaluation.
    boolean training = rows.noise().isPresent() || !probe.drawsInTraining();
    begin(parameters, training);
    Stats stats = pass(rows, training, true, NONE);
    Libtorch.run(() -> module.parameters().getGradients(sums.gradient()));
    return stats;
  }

  @Override
  public Stats measure(float[] parameters, Rows rows, float[] outputs) {
    begin(parameters, false);
    return pass(rows, false, false, outputs);
  }

  @Override
  public void predict(float[] parameters, Rows rows, float[] outputs) {
    begin(parameters, false);
    for (int from = 0; from < rows.count(); from += job.microBatch()) {
      int place = from;
      Libtorch.run(
          () -> {
            batch.loadFeatures(rows, place, count(rows, place));
            float[] found = drawn(rows, place, false, () -> job.objective().predict(module, batch));
            copy(found, place, outputs);
          });
    }
  }

  private void begin(float[] parameters, boolean training) {
    Libtorch.run(
        () -> {
          module.setTraining(training);
          module.parameters().set(parameters);
          module.parameters().clearGradients();
        });
  }

  private Stats pass(Rows rows, boolean training, boolean gradients, float[] outputs) {
    double losses = 0;
    long correct = 0;
    for (int from = 0; from < rows.count(); from += job.microBatch()) {
      int place = from;
      Step step = Libtorch.call(gradients, () -> step(rows, place, training, gradients, outputs));
      losses += step.losses();
      correct = step.correct() == Stats.NOT_COUNTED ? Stats.NOT_COUNTED : correct + step.correct();
    }
    return new Stats(rows.count(), losses, correct);
  }

  /** One micro-batch. Random numbers are drawn on the way to the losses, not on the way back. */
  private Step step(Rows rows, int from, boolean training, boolean gradients, float[] outputs) {
    batch.loadFeatures(rows, from, count(rows, from));
    batch.loadTargets(rows, from);
    boolean withOutputs = outputs.length > 0;
    Objective.Result result =
        drawn(rows, from, training, () -> job.objective().evaluate(module, batch, withOutputs));
    if (withOutputs) {
      copy(result.outputs(), from, outputs);
    }
    if (gradients) {
      result.losses().backward();
    }
    return new Step(result.losses().item_double(), result.correct());
  }

  private int count(Rows rows, int from) {
    return Math.min(job.microBatch(), rows.count() - from);
  }

  private <T> T drawn(Rows rows, int from, boolean training, Supplier<T> work) {
    if (training ? probe.drawsInTraining() : probe.drawsInEvaluation()) {
      return Generator.seeded(new SplitMix64(rows.noise().orElse(0) + from).nextLong(), work);
    }
    return work.get();
  }

  private void copy(float[] found, int row, float[] outputs) {
    System.arraycopy(found, 0, outputs, row * (found.length / batch.count()), found.length);
  }

  @Override
  public void close() {
    retained.close();
    module.close();
  }
}
