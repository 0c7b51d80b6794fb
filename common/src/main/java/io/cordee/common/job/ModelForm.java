package io.cordee.common.job;

import io.cordee.common.model.Activation;
import io.cordee.common.model.Init;
import io.cordee.common.model.Layout;
import io.cordee.common.model.Loss;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.model.Output;
import io.cordee.common.model.Words;
import io.cordee.common.rule.Setting.Bounds;
import java.util.List;
import java.util.Optional;

/** The section {@code model}. */
final class ModelForm {

  private static final String LAYERS = "a list of at least 2 whole numbers, such as [64, 32, 10]";
  private static final long DEFAULT_SEED = 1;
  private static final Expected<Double> OFFSET = Expected.single(new Bounds(0, false, 1, false));
  private static final Expected<Double> RANGE =
      Expected.single(new Bounds(0, true, Double.POSITIVE_INFINITY, true));

  private ModelForm() {}

  static Optional<ModelSpec> fill(Section<ModelSpec> section) {
    section.needs("layers", () -> LAYERS);
    List<Integer> layers =
        section.list("layers", 2, LAYERS, Expected.atLeast(1), ModelSpec::layers);
    Activation activation =
        section.get(
            "activation", Expected.word(Activation.class), Activation.TANH, ModelSpec::activation);
    Output output =
        section.get("output", Expected.word(Output.class), Output.SOFTMAX, ModelSpec::output);
    Loss usualLoss = output == Output.LINEAR ? Loss.SQUARED_ERROR : Loss.CROSS_ENTROPY;
    Loss loss = section.get("loss", Expected.word(Loss.class), usualLoss, ModelSpec::loss);
    Optional<Init> init = section.get("init", ModelForm::fillInit, ModelSpec::init);
    double offset = section.get("derivative_offset", OFFSET, 0.0, ModelSpec::derivativeOffset);
    if (output == Output.LINEAR && loss == Loss.CROSS_ENTROPY) {
      section.problem("linear outputs have no cross-entropy; expected squared-error", "loss");
    }
    return section
        .build(() -> new ModelSpec(layers, activation, output, loss, init.orElseThrow(), offset))
        .filter(model -> section.accepts("layers", () -> Layout.of(model)));
  }

  private static Optional<Init> fillInit(Section<Init> section) {
    Init.Scheme scheme =
        section.get("scheme", Expected.word(Init.Scheme.class), Init.Scheme.GLOROT, Init::scheme);
    long seed = section.get("seed", Expected.WHOLE, DEFAULT_SEED, Init::seed);
    double range = 0;
    if (scheme == Init.Scheme.UNIFORM) {
      range = section.require("range", RANGE, 1.0, Init::range);
    } else if (section.has("range")) {
      section.problem("applies only to scheme uniform; found scheme " + Words.of(scheme), "range");
    }
    double halfWidth = range;
    return section.build(() -> new Init(scheme, seed, halfWidth));
  }
}
