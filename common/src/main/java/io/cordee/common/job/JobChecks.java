package io.cordee.common.job;

import io.cordee.common.job.SourceSpec.Csv;
import io.cordee.common.job.SourceSpec.Digits;
import io.cordee.common.job.SourceSpec.LibSvm;
import io.cordee.common.model.Layout;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.rule.Optimizer;
import io.cordee.common.rule.RuleCatalog;
import io.cordee.common.rule.RuleSpec;
import java.util.List;
import java.util.Optional;

/**
 * Whether the parts of a job fit each other. What takes the rows to see is left to their reader.
 */
record JobChecks(Section<Job> job) {

  private static final int DIGITS_INPUTS = 64;
  private static final int DIGITS_CLASSES = 10;

  void dataFitsModel(DataSpec data, ModelSpec model) {
    sourceFitsModel(data.train(), "train", model);
    data.test().ifPresent(test -> sourceFitsModel(test, "test", model));
    if (data.split().isPresent()) {
      canBeSplit(data);
    }
    if (data.preprocessing() != Preprocessing.NONE) {
      canBePreprocessed(data.train(), "train", model);
      data.test().ifPresent(test -> canBePreprocessed(test, "test", model));
    }
  }

  private void canBeSplit(DataSpec data) {
    if (data.test().isPresent()) {
      job.problem(
          "takes rows to test on from those to train on, but data.test gives others; leave one of them out",
          "data",
          "split");
    } else if (!(data.train() instanceof Csv || data.train() instanceof LibSvm)) {
      job.problem("is for csv and libsvm; data.train has another format", "data", "split");
    }
  }

  private void canBePreprocessed(SourceSpec source, String part, ModelSpec model) {
    if (!(source instanceof Csv)) {
      job.problem(
          "is for csv; data.%s has another format, which takes scale".formatted(part),
          "data",
          "preprocess");
    } else if (source.scale() != 1) {
      job.problem("already given by data.preprocess; leave one of them out", "data", part, "scale");
    } else if (model.inputs() > Scaling.MOST) {
      job.problem(
          "is for at most %d features; the model has %d inputs"
              .formatted(Scaling.MOST, model.inputs()),
          "data",
          "preprocess");
    }
  }

  void stopFitsData(StopConditions stop, DataSpec data) {
    if (stop.accuracy().isEmpty()) {
      return;
    }
    Optional<SourceSpec> test = data.split().map(split -> data.train()).or(data::test);
    if (test.isEmpty()) {
      job.problem("needs rows to test on; add data.test or data.split", "stop", "accuracy");
    } else if (test.get() instanceof Csv csv && csv.label().isEmpty()) {
      job.problem("needs labels, but the rows to test on have targets", "stop", "accuracy");
    }
  }

  void ruleFitsModel(RuleSpec rule, ModelSpec model) {
    job.accepts("rule", () -> Optimizer.of(rule, Layout.of(model).parameters()));
    if (model.derivativeOffset() > 0 && rule.definition().usesCurvature()) {
      job.problem(
          "turns the gradient into one that no function has, and rule "
              + rule.name()
              + " needs the curvature that belongs to it; use another rule, or leave it out",
          "model",
          "derivative_offset");
    }
  }

  void modeFitsRule(Mode mode, RuleSpec rule) {
    if (mode instanceof Mode.Async) {
      rule.definition()
          .whySynchronous()
          .ifPresent(
              why ->
                  job.problem(
                      "cannot be async with rule %s: %s; use mode: sync, or one of the rules %s"
                          .formatted(
                              rule.name(), why, String.join(", ", RuleCatalog.asynchronousNames())),
                      "mode"));
    }
    if (mode instanceof Mode.Async && rule.clipsNorm()) {
      job.problem(
          "needs the gradient of the whole batch and vector, but mode: async applies each part as"
              + " it comes; use mode: sync, or leave it out",
          "rule",
          "clip_norm");
    }
  }

  void downlinkFitsRule(Downlink downlink, RuleSpec rule) {
    if (downlink == Downlink.SIGNS && !rule.definition().isSignDriven()) {
      job.problem(
          "needs a rule whose step can be replayed from signs: "
              + String.join(", ", RuleCatalog.signDrivenNames())
              + "; found "
              + rule.name(),
          "downlink");
    }
  }

  void downlinkFitsMode(Downlink downlink, Mode mode) {
    if (downlink == Downlink.SIGNS && mode instanceof Mode.Async) {
      job.problem(
          "needs mode: sync, as workers can only replay the steps of whole rounds; use one or the"
              + " other",
          "downlink");
    }
  }

  private void sourceFitsModel(SourceSpec source, String role, ModelSpec model) {
    if (source instanceof Digits) {
      digitsFitModel(model);
    } else if (source instanceof Csv csv) {
      targetsFitModel(csv.targets(), role, model);
      classesFitModel(csv.classes(), role, model);
    } else if (source instanceof LibSvm libSvm) {
      classesFitModel(libSvm.classes(), role, model);
    }
  }

  private void digitsFitModel(ModelSpec model) {
    if (model.inputs() != DIGITS_INPUTS || model.outputs() != DIGITS_CLASSES) {
      job.problem(
          "the digits need %s inputs and %s outputs, as in [64, 32, 10]; found %s"
              .formatted(DIGITS_INPUTS, DIGITS_CLASSES, model.layers()),
          "model",
          "layers");
    }
  }

  private void targetsFitModel(List<String> targets, String role, ModelSpec model) {
    if (!targets.isEmpty() && targets.size() != model.outputs()) {
      job.problem(
          "expected as many columns as the model has outputs, which is %s; found %s"
              .formatted(model.outputs(), targets.size()),
          "data",
          role,
          "targets");
    }
  }

  /** One output tells two classes apart. */
  private void classesFitModel(List<String> classes, String role, ModelSpec model) {
    int needed = Math.max(2, model.outputs());
    if (!classes.isEmpty() && classes.size() != needed) {
      job.problem(
          "expected %s classes, as the model has %s%s; found %s"
              .formatted(
                  needed,
                  model.outputs(),
                  model.outputs() == 1 ? " output" : " outputs",
                  classes.size()),
          "data",
          role,
          "classes");
    }
  }
}
