package io.cordee.common.optimizer;

import io.cordee.common.optimizer.Setting.Bounds;
import io.cordee.common.optimizer.Setting.Choice;
import io.cordee.common.optimizer.Setting.Number;
import io.cordee.common.text.Advice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Every optimizer that a job can name, in the order of the lecture; then those from outside. */
public final class OptimizerCatalog {

  private static final Setting BETA =
      new Number("beta", 0.9, Bounds.FRACTION, "β, the share of the previous step", "momentum");
  private static final Setting EPSILON =
      new Number("epsilon", 1e-8, Bounds.POSITIVE, "ε, added outside the root", "eps");

  private static final Optional<String> ANY_PART = Optional.empty();
  private static final Optional<String> COMPARES_SIGNS =
      Optional.of(
          "it compares the signs of successive gradients of the whole batch, and those of parts of it flip by chance");
  private static final Optional<String> COMPARES_GRADIENTS =
      Optional.of(
          "it takes the change between successive gradients of the whole batch for curvature, and parts of it differ by chance");
  private static final Optional<String> SOLVES_FOR_MINIMUM =
      Optional.of("its step leads to the minimum that the whole batch's curvature points to");

  private static final List<OptimizerDefinition> BUILT_IN =
      List.of(
          define(
              "gd",
              "w ← w − ηg",
              ANY_PART,
              given -> new GradientDescent(LearningRate.of(given)),
              List.of(learningRate(0.1))),
          define(
              "momentum",
              "Δ ← βΔ − ηg; w ← w + Δ",
              ANY_PART,
              OptimizerCatalog::momentum,
              List.of(learningRate(0.1), BETA)),
          define(
              "nesterov",
              "as momentum, g taken at w + βΔ",
              ANY_PART,
              given -> new Nesterov(momentum(given)),
              List.of(learningRate(0.1), BETA)),
          define(
              "rprop",
              "the lecture's: back on a flip, and on from there",
              COMPARES_SIGNS,
              given -> new Rprop(StepSizes.of(given), Rprop.AfterFlip.of(given)),
              Stream.concat(StepSizes.SETTINGS.stream(), Stream.of(Rprop.AfterFlip.SETTING))
                  .toList()),
          define(
              "rprop+",
              "Riedmiller & Braun 1993: a flip takes the last step back",
              COMPARES_SIGNS,
              given -> new RpropPlus(StepSizes.of(given), false),
              StepSizes.SETTINGS),
          define(
              "rprop-",
              "Riedmiller 1994: a flip only shortens the step",
              COMPARES_SIGNS,
              given -> new RpropMinus(StepSizes.of(given), false),
              StepSizes.SETTINGS),
          define(
              "irprop+",
              "Igel & Hüsken 2003: a flip takes the last step back if the loss rose",
              COMPARES_SIGNS,
              given -> new RpropPlus(StepSizes.of(given), true),
              StepSizes.SETTINGS),
          define(
              "irprop-",
              "Igel & Hüsken 2003: a flip shortens the step and pauses",
              COMPARES_SIGNS,
              given -> new RpropMinus(StepSizes.of(given), true),
              StepSizes.SETTINGS),
          define(
              "quickprop",
              "Δ ← Δ·g / (g' − g)",
              COMPARES_GRADIENTS,
              given -> new Quickprop(LearningRate.of(given), given.single("growth_limit")),
              List.of(
                  learningRate(0.1),
                  new Number(
                      "growth_limit",
                      1.75,
                      Bounds.ABOVE_ONE,
                      "μ, the largest step as a multiple of the previous one"))),
          define(
              "rmsprop",
              "v ← γv + (1−γ)g²; w ← w − ηg / (√v + ε)",
              ANY_PART,
              given ->
                  new RmsProp(
                      LearningRate.of(given), given.single("gamma"), given.single("epsilon")),
              List.of(
                  learningRate(0.001),
                  new Number(
                      "gamma",
                      0.9,
                      Bounds.FRACTION,
                      "γ, the share of the previous mean square",
                      "alpha",
                      "rho"),
                  EPSILON)),
          define(
              "adam",
              "RMSprop with a running mean of g in its place, both corrected for their start at 0",
              ANY_PART,
              given ->
                  new Adam(
                      LearningRate.of(given),
                      given.single("delta"),
                      given.single("gamma"),
                      given.single("epsilon")),
              List.of(
                  learningRate(0.001),
                  new Number(
                      "delta", 0.9, Bounds.FRACTION, "δ, the share of the previous mean", "beta1"),
                  new Number(
                      "gamma",
                      0.999,
                      Bounds.FRACTION,
                      "γ, the share of the previous mean square",
                      "beta2"),
                  EPSILON)),
          define(
              "signsgd",
              "w ← w − η sign(g)",
              ANY_PART,
              given -> new SignSgd(LearningRate.of(given)),
              List.of(learningRate(0.003))),
          define(
              "signum",
              "m ← βm + (1−β)g; w ← w − η sign(m)",
              ANY_PART,
              given -> new Lion(LearningRate.of(given), given.single("beta"), given.single("beta")),
              List.of(
                  learningRate(0.003),
                  new Number(
                      "beta", 0.9, Bounds.FRACTION, "β, the share of the previous m", "momentum"))),
          define(
              "lion",
              "w ← w − η sign(β₁m + (1−β₁)g); m ← β₂m + (1−β₂)g",
              ANY_PART,
              given ->
                  new Lion(LearningRate.of(given), given.single("beta1"), given.single("beta2")),
              List.of(
                  learningRate(0.003),
                  new Number("beta1", 0.9, Bounds.FRACTION, "β₁, the share of m in the step"),
                  new Number("beta2", 0.99, Bounds.FRACTION, "β₂, the share of the previous m")),
              "decoupled"),
          define(
              "newton",
              "w ← w − ηH⁻¹g",
              SOLVES_FOR_MINIMUM,
              OptimizerCatalog::newton,
              List.of(
                  learningRate(1),
                  new Choice(
                      "curvature",
                      "diagonal",
                      List.of("diagonal", "full"),
                      "which part of H is used"),
                  new Number("damping", 1.0, Bounds.POSITIVE, "added to the diagonal of H"))));

  private static final List<OptimizerDefinition> ALL = withInstalled();

  private OptimizerCatalog() {}

  /** Returns the built-in optimizers, then those on the class path and in plugins. */
  private static List<OptimizerDefinition> withInstalled() {
    List<OptimizerDefinition> all = new ArrayList<>(BUILT_IN);
    for (OptimizerProvider provider : ServiceLoader.load(OptimizerProvider.class)) {
      OptimizerDefinition definition = provider.definition();
      if (all.stream().anyMatch(other -> other.name().equals(definition.name()))) {
        throw new IllegalStateException(
            "there is an optimizer %s already; the one of %s needs another name"
                .formatted(definition.name(), provider.getClass().getName()));
      }
      all.add(definition);
    }
    return List.copyOf(all);
  }

  public static List<OptimizerDefinition> all() {
    return ALL;
  }

  public static List<String> names() {
    return names(optimizer -> true);
  }

  /** Returns words for messages: the names that a job can give. */
  public static String words() {
    return "one of %s, or an optimizer from a jar %s"
        .formatted(String.join(", ", names()), Advice.PLUGINS);
  }

  public static Optional<OptimizerDefinition> find(String name) {
    return ALL.stream().filter(optimizer -> optimizer.name().equals(name)).findFirst();
  }

  /** Returns the optimizers that can be applied to parts of a batch as they come. */
  public static List<String> asynchronousNames() {
    return names(optimizer -> optimizer.whySynchronous().isEmpty());
  }

  public static List<String> signDrivenNames() {
    return names(OptimizerDefinition::isSignDriven);
  }

  private static List<String> names(Predicate<OptimizerDefinition> which) {
    return ALL.stream().filter(which).map(OptimizerDefinition::name).toList();
  }

  /**
   * The optimizer of a spec, once every value is checked by itself, and against the others.
   *
   * @throws IllegalArgumentException naming the keys and values that do not fit
   */
  static Update make(OptimizerSpec spec) {
    OptimizerDefinition definition = spec.definition();
    definition.check(spec.settings());
    return definition.factory().apply(spec.settings());
  }

  private static Momentum momentum(Settings given) {
    return new Momentum(LearningRate.of(given), given.single("beta"));
  }

  private static Update newton(Settings given) {
    LearningRate learningRate = LearningRate.of(given);
    float damping = given.single("damping");
    return switch (given.choice("curvature")) {
      case "full" -> new FullNewton(learningRate, damping);
      default -> new DiagonalNewton(learningRate, damping);
    };
  }

  private static Setting learningRate(double value) {
    return new Number(LearningRate.KEY, value, Bounds.POSITIVE, "η, the step size", "lr");
  }

  static OptimizerDefinition define(
      String name,
      String summary,
      Optional<String> whySynchronous,
      Function<Settings, Update> factory,
      List<Setting> own) {
    return define(name, summary, whySynchronous, factory, own, "coupled");
  }

  private static OptimizerDefinition define(
      String name,
      String summary,
      Optional<String> whySynchronous,
      Function<Settings, Update> factory,
      List<Setting> own,
      String decay) {
    return new OptimizerDefinition(
        name, summary, whySynchronous, own, options(own, decay), factory);
  }

  /**
   * The options that make sense with an optimizer of these settings. Without a learning rate (the
   * Rprop family) there is nothing to schedule, no η to multiply a decoupled decay, and no effect
   * of the gradient's length.
   *
   * @param decay the usual kind of weight decay
   */
  private static List<Setting> options(List<Setting> own, String decay) {
    List<Setting> options = new ArrayList<>(List.of(WeightDecay.AMOUNT, WeightDecay.L1));
    if (own.stream().noneMatch(setting -> setting.key().equals("curvature"))) {
      options.add(WeightDecay.OF_BIASES);
    }
    options.add(GradientNoise.DEVIATION);
    if (own.stream().anyMatch(setting -> setting.key().equals(LearningRate.KEY))) {
      options.add(WeightDecay.kind(decay));
      options.add(NormClip.SETTING);
      options.addAll(LearningRate.SCHEDULE);
    }
    return options;
  }
}
