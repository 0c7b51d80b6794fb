package io.cordee.common.job.file;

import io.cordee.common.job.Batch;
import io.cordee.common.job.Compression;
import io.cordee.common.job.Job;
import io.cordee.common.job.Keep;
import io.cordee.common.job.LocalSteps;
import io.cordee.common.job.Mode;
import io.cordee.common.job.Monitor;
import io.cordee.common.job.Regularization;
import io.cordee.common.job.StopConditions;
import io.cordee.common.job.WeightFormat;
import io.cordee.common.job.data.DataSpec;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.model.FunctionModel;
import io.cordee.common.model.Loss;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.model.Output;
import io.cordee.common.model.Words;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.OptimizerSpec;
import io.cordee.common.text.Advice;
import io.cordee.common.wire.GradientFormat;
import java.util.Optional;
import java.util.stream.Stream;

/** Returns whether the parts of a job fit each other; for its data see {@link DataChecks}. */
record JobChecks(Section<Job> job) {

  private static final String REGULARIZE = "regularize";
  private static final String LOCAL = "local";
  private static final String LABEL_SMOOTHING = "label_smoothing";

  void stopFitsData(StopConditions stop, DataSpec data, ModelSpec model, Mode mode) {
    if (stop.accuracy().isPresent() && !data.isEvaluated()) {
      job.problem(
          "needs validation or test rows; add data.validation, data.test or data.split",
          "stop",
          "accuracy");
    } else if (stop.accuracy().isPresent()) {
      needsLabels(data, model, "stop", "accuracy");
    }
    if (stop.patience().isPresent()) {
      needsValidation(data, mode, "stop", "patience");
    }
    if (stop.monitor() == Monitor.VALIDATION_ACCURACY) {
      needsValidation(data, mode, "stop", "monitor");
      needsLabels(data, model, "stop", "monitor");
    }
    if (stop.minDelta() > 0) {
      needsValidation(data, mode, "stop", "min_delta");
    }
  }

  void toleranceFits(StopConditions stop, Regularization regularization) {
    if (stop.tolerance().isPresent()
        && (regularization.labelSmoothing() > 0 || regularization.weighsClasses())) {
      job.problem(
          "compares outputs with targets, which label_smoothing and class weights change; leave it out",
          "stop",
          "tolerance");
    }
  }

  void regularizationFits(
      Regularization wanted, ModelSpec model, DataSpec data, OptimizerSpec optimizer) {
    if (wanted.dropout() > 0 && !(model instanceof Mlp)) {
      job.problem("is for model.layers; a gradient function has its own", REGULARIZE, "dropout");
    } else if (wanted.dropout() > 0 && model instanceof Mlp mlp && mlp.depth() < 2) {
      job.problem("needs a hidden layer; this model has none", REGULARIZE, "dropout");
    }
    if (wanted.dropout() > 0 && optimizer.definition().usesCurvature()) {
      job.problem(
          "cannot go with optimizer %s, which needs the curvature of the whole network"
              .formatted(optimizer.name()),
          REGULARIZE,
          "dropout");
    }
    if (wanted.labelSmoothing() > 0) {
      needsLabels(data, model, REGULARIZE, LABEL_SMOOTHING);
      if (model instanceof FunctionModel function
          && !function.loss().equals(Optional.of(Loss.CROSS_ENTROPY))) {
        job.problem(
            "needs model.loss: cross-entropy where the model is a gradient function",
            REGULARIZE,
            LABEL_SMOOTHING);
      }
    }
    if (wanted.weighsClasses()) {
      classWeightsFit(wanted, model, data);
    }
  }

  private void classWeightsFit(Regularization wanted, ModelSpec model, DataSpec data) {
    String key = wanted.balanceClasses() ? "balance_classes" : "class_weights";
    needsLabels(data, model, REGULARIZE, key);
    if (!hasSoftmaxCrossEntropy(model)) {
      job.problem("needs softmax outputs with a cross-entropy", REGULARIZE, key);
    } else if (!wanted.balanceClasses() && wanted.classWeights().size() != model.outputs()) {
      job.problem(
          "expected a weight for each of the %d classes; found %d"
              .formatted(model.outputs(), wanted.classWeights().size()),
          REGULARIZE,
          key);
    }
  }

  private static boolean hasSoftmaxCrossEntropy(ModelSpec model) {
    if (model instanceof Mlp mlp) {
      return mlp.output() == Output.SOFTMAX && mlp.loss() == Loss.CROSS_ENTROPY;
    }
    return model instanceof FunctionModel function
        && function.loss().equals(Optional.of(Loss.CROSS_ENTROPY))
        && function.outputs() > 1;
  }

  private void needsLabels(DataSpec data, ModelSpec model, String... keys) {
    boolean hasTargets =
        Stream.of(Optional.of(data.train()), data.validation(), data.test())
            .flatMap(Optional::stream)
            .anyMatch(source -> !source.hasLabels(model));
    if (hasTargets) {
      job.problem("needs labels, but the rows have targets", keys);
    }
  }

  private void needsValidation(DataSpec data, Mode mode, String... keys) {
    if (!data.hasValidation()) {
      job.problem("needs validation rows; " + Advice.VALIDATION, keys);
    } else if (mode instanceof Mode.Async) {
      job.problem("needs mode: sync, where all workers evaluate the same weights", keys);
    }
  }

  void keepFits(Keep keep, DataSpec data, Mode mode) {
    if (job.has("keep") && keep == Keep.BEST) {
      needsValidation(data, mode, "keep");
    }
  }

  void optimizerFitsModel(OptimizerSpec optimizer, ModelSpec model) {
    job.accepts("optimizer", () -> Optimizer.of(optimizer, model.layout().parameters()));
    if (model instanceof Mlp mlp
        && mlp.derivativeOffset() > 0
        && optimizer.definition().usesCurvature()) {
      job.problem(
          "turns the gradient into one that no function has, and optimizer "
              + optimizer.name()
              + " needs the curvature that belongs to it; use another optimizer, or leave it out",
          "model",
          "derivative_offset");
    }
  }

  void modeFitsOptimizer(Mode mode, OptimizerSpec optimizer) {
    if (mode instanceof Mode.Async) {
      optimizer
          .definition()
          .whySynchronous()
          .ifPresent(
              why ->
                  job.problem(
                      "cannot be async with optimizer %s: %s; use mode: sync, or one of the optimizers %s"
                          .formatted(
                              optimizer.name(),
                              why,
                              String.join(", ", OptimizerCatalog.asynchronousNames())),
                      "mode"));
    }
    if (mode instanceof Mode.Async && optimizer.clipsNorm()) {
      job.problem(
          "needs the gradient of the whole batch and vector, but mode: async applies each part as"
              + " it comes; use mode: sync, or leave it out",
          "optimizer",
          "clip_norm");
    }
  }

  void localFits(Batch batch, Mode mode) {
    if (!(batch instanceof Batch.Full)) {
      job.problem(
          "local steps take batches of their own, of local.batch rows; leave one of them out",
          "batch");
    }
    if (mode instanceof Mode.Async) {
      job.problem(
          "needs mode: sync, as the outer optimizer steps on the mean of what all partitions have come"
              + " to; use one or the other",
          LOCAL);
    }
  }

  void localOptimizersFit(OptimizerSpec inner, OptimizerSpec outer) {
    if (outer.definition().usesCurvature()) {
      job.problem(
          "needs the curvature of the loss at one point, which local steps do not give; use another"
              + " optimizer, or leave local out",
          "optimizer",
          OptimizerForm.NAME);
    }
    if (inner.definition().usesCurvature()) {
      job.problem(
          "needs curvature, but local steps are taken on gradients; use another optimizer",
          LOCAL,
          "optimizer",
          OptimizerForm.NAME);
    }
    if (inner.addsNoise()) {
      job.problem(
          "would be the same noise in every partition; give it to the outer optimizer, as"
              + " optimizer.gradient_noise",
          LOCAL,
          "optimizer",
          "gradient_noise");
    }
  }

  void localStopFits(StopConditions stop) {
    if (stop.tolerance().isPresent()) {
      job.problem(
          "compares the outputs of all rows at the same weights, but local steps take rows at ever"
              + " other ones; leave it out",
          "stop",
          "tolerance");
    }
  }

  void weightsFitOptimizer(WeightFormat weights, OptimizerSpec optimizer) {
    if (weights == WeightFormat.SIGNS && !optimizer.definition().isSignDriven()) {
      job.problem(
          "needs an optimizer whose step can be replayed from signs: "
              + String.join(", ", OptimizerCatalog.signDrivenNames())
              + "; found "
              + optimizer.name(),
          "compression",
          "weights");
    }
  }

  void weightsFitMode(WeightFormat weights, Mode mode) {
    if (weights == WeightFormat.SIGNS && mode instanceof Mode.Async) {
      job.problem(
          "needs mode: sync, as workers can only replay the steps of whole rounds; use one or the"
              + " other",
          "compression",
          "weights");
    }
  }

  /** What tables cannot be combined with. */
  void tableFits(
      ModelSpec model,
      DataSpec data,
      OptimizerSpec optimizer,
      Batch batch,
      Optional<LocalSteps> local,
      Mode mode,
      Compression compression) {
    boolean areSparse =
        !isSparse(model)
            || Stream.of(Optional.of(data.train()), data.validation(), data.test())
                .flatMap(Optional::stream)
                .allMatch(SourceSpec::canBeSparse);
    if (!areSparse) {
      onlyDense(model, "works with rows of format: libsvm only");
    }
    if (optimizer.definition().usesCurvature()) {
      onlyDense(
          model,
          "does not go with optimizer %s, which needs curvature".formatted(optimizer.name()));
    }
    if (local.isPresent()) {
      onlyDense(model, "does not go with local steps");
    }
    if (mode instanceof Mode.Async) {
      onlyDense(model, "does not go with mode: async");
    }
    if (compression.gradients() != GradientFormat.FLOAT32) {
      onlyDense(
          model, "does not go with compression.gradients: " + Words.of(compression.gradients()));
    }
    if (compression.weights() == WeightFormat.SIGNS && !Job.canSendSignsOfRows(optimizer, batch)) {
      onlyDense(
          model,
          "goes with compression.weights: signs only with batch: full and an optimizer of the Rprop family or"
              + " signsgd, without weight_decay, clip_norm and gradient_noise");
    }
  }

  private static boolean isSparse(ModelSpec model) {
    return model instanceof Mlp mlp && mlp.isSparse();
  }

  private void onlyDense(ModelSpec model, String why) {
    String[] key =
        isSparse(model)
            ? new String[] {"model", ModelForm.SPARSE}
            : new String[] {"data", DataForm.IDS};
    job.problem(why + "; leave out one of the two", key);
  }
}
