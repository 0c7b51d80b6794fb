package io.cordee.common.job.file;

import io.cordee.common.model.Activation;
import io.cordee.common.model.FirstWeights;
import io.cordee.common.model.FunctionModel;
import io.cordee.common.model.Init;
import io.cordee.common.model.Loss;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.model.Output;
import io.cordee.common.model.Words;
import io.cordee.common.optimizer.Setting.Bounds;
import io.cordee.function.Layout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The section {@code model}: a network's layers, or the parameters of whatever it is. */
final class ModelForm {

  static final String PARAMETERS = "parameters";
  static final String CHECKSUM = "checksum";
  static final String TENSORS = "tensors";
  static final String FUNCTION = "function";
  static final String FILE = "file";
  static final String SPARSE = "sparse";
  static final String INPUTS = "inputs";
  static final String OUTPUTS = "outputs";

  private static final String LAYERS_KEY = "layers";
  private static final String LAYERS = "a list of at least 2 whole numbers, such as [64, 32, 10]";
  private static final long DEFAULT_SEED = 1;
  private static final Expected<Double> OFFSET = Expected.single(new Bounds(0, false, 1, false));
  private static final Expected<Double> RANGE =
      Expected.single(new Bounds(0, true, Double.POSITIVE_INFINITY, true));

  private ModelForm() {}

  static Optional<ModelSpec> fill(Section<ModelSpec> section) {
    section.has(LAYERS_KEY); // named first
    Optional<String> parameters =
        section.find(PARAMETERS, Expected.PATH, of(it -> it.weights().file()));
    Optional<String> function =
        section.find(
            FUNCTION,
            Expected.text("a gradient function's name"),
            model -> model instanceof FunctionModel it ? it.function() : Optional.empty());
    return parameters.isPresent() || function.isPresent()
        ? fillFunction(section, parameters, function)
        : fillMlp(section);
  }

  /** A value of a function's model; none of a network's. */
  private static <T> Function<ModelSpec, Optional<T>> of(Function<FunctionModel, T> value) {
    return model ->
        model instanceof FunctionModel it ? Optional.of(value.apply(it)) : Optional.empty();
  }

  private static <T> Function<ModelSpec, T> in(Function<FunctionModel, T> value) {
    return model -> value.apply((FunctionModel) model);
  }

  private static <T> Function<ModelSpec, T> inMlp(Function<Mlp, T> value) {
    return model -> value.apply((Mlp) model);
  }

  private static Optional<ModelSpec> fillFunction(
      Section<ModelSpec> section, Optional<String> parameters, Optional<String> function) {
    if (section.has(LAYERS_KEY)) {
      section.problem(
          "expected either layers or %s".formatted(parameters.isPresent() ? PARAMETERS : FUNCTION),
          LAYERS_KEY);
    }
    section.needs(PARAMETERS, () -> "a safetensors file of the first weights");
    Optional<String> file =
        section.find(
            FILE,
            Expected.FILE_NAME,
            model -> model instanceof FunctionModel it ? it.file() : Optional.empty());
    Map<String, String> settings =
        section.values(
            "settings",
            "a mapping of names to values",
            Expected.text("a value"),
            in(FunctionModel::settings));
    int inputs = section.get(INPUTS, Expected.atLeast(0), 0, in(FunctionModel::inputs));
    int outputs = section.get(OUTPUTS, Expected.atLeast(0), 0, in(FunctionModel::outputs));
    Optional<Loss> loss = section.find("loss", Expected.word(Loss.class), in(FunctionModel::loss));
    boolean exact = section.get("exact", Expected.TRUTH, true, in(FunctionModel::isExact));
    long seed = section.get("seed", Expected.WHOLE, DEFAULT_SEED, in(FunctionModel::seed));
    String checksum =
        section
            .find(CHECKSUM, Expected.text("a checksum"), of(it -> it.weights().checksum()))
            .orElse("");
    Map<String, List<Integer>> tensors =
        section.lists(
            TENSORS,
            "a mapping of names to shapes",
            Expected.atLeast(0),
            in(
                model ->
                    model.given().tensors().stream()
                        .collect(
                            Collectors.toMap(
                                Layout.Tensor::name,
                                Layout.Tensor::shape,
                                (a, b) -> a,
                                LinkedHashMap::new))));
    if (parameters.isPresent()) {
      section.needs(TENSORS, () -> "the shapes in " + parameters.get());
    }
    if (!section.accepts(TENSORS, () -> Layout.of(tensors))) {
      return Optional.empty();
    }
    return section.build(
        () ->
            new FunctionModel(
                Layout.of(tensors),
                FirstWeights.in(parameters.orElseThrow(), checksum),
                function,
                file,
                settings,
                inputs,
                outputs,
                loss,
                exact,
                seed,
                List.of()));
  }

  private static Optional<ModelSpec> fillMlp(Section<ModelSpec> section) {
    section.needs(LAYERS_KEY, () -> LAYERS);
    Optional<Integer> inputs =
        section.find(
            INPUTS,
            Expected.atLeast(1),
            inMlp(mlp -> Optional.of(mlp.inputs()).filter(all -> !mlp.ids().isEmpty())));
    List<Integer> layers = new ArrayList<>(inputs.stream().toList());
    layers.addAll(
        section.list(
            LAYERS_KEY,
            2 - layers.size(),
            inputs.isPresent() ? "a list of whole numbers, without the inputs" : LAYERS,
            Expected.atLeast(1),
            inMlp(mlp -> mlp.layers().subList(mlp.ids().isEmpty() ? 0 : 1, mlp.depth() + 1))));
    Activation activation =
        section.get(
            "activation", Expected.word(Activation.class), Activation.TANH, inMlp(Mlp::activation));
    Output output =
        section.get("output", Expected.word(Output.class), Output.SOFTMAX, inMlp(Mlp::output));
    Loss usualLoss = output == Output.LINEAR ? Loss.SQUARED_ERROR : Loss.CROSS_ENTROPY;
    Loss loss = section.get("loss", Expected.word(Loss.class), usualLoss, inMlp(Mlp::loss));
    Optional<Init> init = section.get("init", ModelForm::fillInit, inMlp(Mlp::init));
    double offset = section.get("derivative_offset", OFFSET, 0.0, inMlp(Mlp::derivativeOffset));
    boolean sparse =
        section
            .find(
                SPARSE,
                Expected.TRUTH,
                inMlp(mlp -> Optional.of(mlp.isSparse()).filter(yes -> yes)))
            .orElse(false);
    if (output == Output.LINEAR && loss == Loss.CROSS_ENTROPY) {
      section.problem("linear outputs have no cross-entropy; expected squared-error", "loss");
    }
    return section
        .<ModelSpec>build(
            () ->
                new Mlp(
                    layers,
                    activation,
                    output,
                    loss,
                    init.orElseThrow(),
                    offset,
                    sparse,
                    List.of()))
        .filter(model -> section.accepts(LAYERS_KEY, model::layout));
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
    Optional<FirstWeights> weights =
        section
            .find(FILE, Expected.PATH, init -> init.weights().map(FirstWeights::file))
            .map(
                file ->
                    FirstWeights.in(
                        file,
                        section
                            .find(
                                CHECKSUM,
                                Expected.text("a checksum"),
                                init -> init.weights().map(FirstWeights::checksum))
                            .orElse("")));
    double halfWidth = range;
    return section.build(() -> new Init(scheme, seed, halfWidth, weights));
  }
}
