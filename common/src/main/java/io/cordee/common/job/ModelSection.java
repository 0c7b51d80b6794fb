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

/** Reads {@code model}. */
final class ModelSection {

  static final String EXPECTED =
      "a mapping with layers, activation, output, loss, init, derivative_offset";
  private static final List<String> KEYS =
      List.of("layers", "activation", "output", "loss", "init", "derivative_offset");
  private static final long DEFAULT_SEED = 1;
  private static final Bounds ZERO_TO_ONE = new Bounds(0, false, 1, false);

  private ModelSection() {}

  static Optional<ModelSpec> read(Section section) {
    section.allow(KEYS);
    List<Integer> layers =
        section
            .list(
                "layers",
                2,
                "a list of at least 2 whole numbers, such as [64, 32, 10]",
                Expected.Whole.atLeast(1))
            .stream()
            .map(Math::toIntExact)
            .toList();
    Activation activation =
        section.get("activation", new Expected.Word<>(Activation.class), Activation.TANH);
    Output output = section.get("output", new Expected.Word<>(Output.class), Output.SOFTMAX);
    Loss loss = section.get("loss", new Expected.Word<>(Loss.class), usualLoss(output));
    Optional<Init> init =
        section
            .sectionOrEmpty("init", "a mapping with scheme, seed, range")
            .flatMap(ModelSection::readInit);
    double offset = section.get("derivative_offset", new Expected.Single(ZERO_TO_ONE), 0.0);
    if (output == Output.LINEAR && loss == Loss.CROSS_ENTROPY) {
      section.problem("linear outputs have no cross-entropy; expected squared-error", "loss");
    }
    return init.flatMap(
            start ->
                section.build(() -> new ModelSpec(layers, activation, output, loss, start, offset)))
        .filter(model -> section.attempt("layers", () -> Layout.of(model)).isPresent());
  }

  private static Loss usualLoss(Output output) {
    return output == Output.LINEAR ? Loss.SQUARED_ERROR : Loss.CROSS_ENTROPY;
  }

  private static Optional<Init> readInit(Section section) {
    section.allow(List.of("scheme", "seed", "range"));
    Init.Scheme scheme =
        section.get("scheme", new Expected.Word<>(Init.Scheme.class), Init.Scheme.GLOROT);
    double range = 0;
    if (scheme == Init.Scheme.UNIFORM) {
      range =
          section
              .require(
                  "range", new Expected.Single(new Bounds(0, true, Double.POSITIVE_INFINITY, true)))
              .orElse(1.0);
    } else if (section.has("range")) {
      section.problem("applies only to scheme uniform; found scheme " + Words.of(scheme), "range");
    }
    long seed = section.get("seed", Expected.Whole.any(), DEFAULT_SEED);
    double halfWidth = range;
    return section.build(() -> new Init(scheme, seed, halfWidth));
  }
}
