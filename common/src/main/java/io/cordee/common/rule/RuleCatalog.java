package io.cordee.common.rule;

import io.cordee.common.rule.Setting.Bounds;
import io.cordee.common.rule.Setting.Choice;
import io.cordee.common.rule.Setting.Number;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Every update rule that a job can name, in the order of the deck. */
public final class RuleCatalog {

  private static final Setting BETA =
      new Number("beta", 0.9, Bounds.FRACTION, "β, the share of the previous step");
  private static final Setting EPSILON =
      new Number("epsilon", 1e-8, Bounds.POSITIVE, "ε, added outside the root");

  private static final List<RuleDefinition> ALL =
      List.of(
          define(
              "gd",
              "w ← w − ηg",
              given -> new GradientDescent(LearningRate.of(given)),
              List.of(learningRate(0.1))),
          define(
              "momentum",
              "Δ ← βΔ − ηg; w ← w + Δ",
              RuleCatalog::momentum,
              List.of(learningRate(0.1), BETA)),
          define(
              "nesterov",
              "as momentum, g taken at w + βΔ",
              given -> new Nesterov(momentum(given)),
              List.of(learningRate(0.1), BETA)),
          define(
              "rprop",
              "the deck's: back on a flip, and on from there",
              given -> new DeckRprop(StepSizes.of(given), DeckRprop.AfterFlip.of(given)),
              append(StepSizes.SETTINGS, List.of(DeckRprop.AfterFlip.SETTING))),
          define(
              "rprop+",
              "Riedmiller & Braun 1993: a flip takes the last step back",
              given -> new RpropPlus(StepSizes.of(given)),
              StepSizes.SETTINGS),
          define(
              "rprop-",
              "Riedmiller 1994: a flip only shortens the step",
              given -> new RpropMinus(StepSizes.of(given)),
              StepSizes.SETTINGS),
          define(
              "irprop+",
              "Igel & Hüsken 2003: a flip takes the last step back if the loss rose",
              given -> new ImprovedRpropPlus(StepSizes.of(given)),
              StepSizes.SETTINGS),
          define(
              "irprop-",
              "Igel & Hüsken 2003: a flip shortens the step and pauses",
              given -> new ImprovedRpropMinus(StepSizes.of(given)),
              StepSizes.SETTINGS),
          define(
              "quickprop",
              "Δ ← Δ·g / (g' − g)",
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
              given ->
                  new RmsProp(
                      LearningRate.of(given), given.single("gamma"), given.single("epsilon")),
              List.of(
                  learningRate(0.001),
                  new Number(
                      "gamma", 0.9, Bounds.FRACTION, "γ, the share of the previous mean square"),
                  EPSILON)),
          define(
              "adam",
              "RMSprop with a running mean of g in its place, both corrected for their start at 0",
              given ->
                  new Adam(
                      LearningRate.of(given),
                      given.single("delta"),
                      given.single("gamma"),
                      given.single("epsilon")),
              List.of(
                  learningRate(0.001),
                  new Number("delta", 0.9, Bounds.FRACTION, "δ, the share of the previous mean"),
                  new Number(
                      "gamma", 0.999, Bounds.FRACTION, "γ, the share of the previous mean square"),
                  EPSILON)),
          define(
              "newton",
              "w ← w − ηH⁻¹g",
              RuleCatalog::newton,
              List.of(
                  learningRate(1),
                  new Choice(
                      "curvature",
                      "diagonal",
                      List.of("diagonal", "full"),
                      "which part of H is used"),
                  new Number("damping", 1, Bounds.POSITIVE, "added to the diagonal of H"))));

  private RuleCatalog() {}

  public static List<RuleDefinition> all() {
    return ALL;
  }

  public static List<String> names() {
    return ALL.stream().map(RuleDefinition::name).toList();
  }

  public static Optional<RuleDefinition> find(String name) {
    return ALL.stream().filter(rule -> rule.name().equals(name)).findFirst();
  }

  /** Whether the rule's step depends on nothing of the gradient but its signs. */
  public static boolean isSignDriven(String name) {
    return trait(name) == RuleTrait.SIGN_DRIVEN;
  }

  /** Whether the rule's step takes second derivatives of the loss. */
  public static boolean usesCurvature(String name) {
    return trait(name) == RuleTrait.CURVATURE;
  }

  /** Why a rule cannot be applied to parts of a batch as they come; empty if it can. */
  public static Optional<String> whySynchronous(String name) {
    String why = trait(name).whySynchronous();
    return why.isEmpty() ? Optional.empty() : Optional.of(why);
  }

  /** Whether a gradient is shortened by the norm of the whole vector. */
  public static boolean clipsNorm(RuleSpec spec) {
    return NormClip.of(spec.settings()).isPresent();
  }

  /** The rules that can be applied to parts of a batch as they come. */
  public static List<String> asynchronousNames() {
    return names().stream().filter(name -> whySynchronous(name).isEmpty()).toList();
  }

  private static RuleTrait trait(String name) {
    return switch (name) {
      case "rprop", "rprop+", "rprop-", "irprop+", "irprop-" -> RuleTrait.SIGN_DRIVEN;
      case "quickprop" -> RuleTrait.WHOLE_BATCH;
      case "newton" -> RuleTrait.CURVATURE;
      default -> RuleTrait.ANY_GRADIENT;
    };
  }

  /**
   * Checks every value by itself, and against the others.
   *
   * @throws IllegalArgumentException naming the keys and values that do not fit
   */
  public static void validate(RuleSpec spec) {
    make(spec);
  }

  /** The rule of a spec that {@link #validate} lets pass. */
  static UpdateRule make(RuleSpec spec) {
    RuleDefinition definition =
        find(spec.name())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "no rule " + spec.name() + "; expected one of " + names()));
    SettingsCheck.check(definition, spec.settings());
    return definition.factory().apply(spec.settings());
  }

  private static Momentum momentum(Settings given) {
    return new Momentum(LearningRate.of(given), given.single("beta"));
  }

  private static UpdateRule newton(Settings given) {
    LearningRate learningRate = LearningRate.of(given);
    float damping = given.single("damping");
    return switch (given.choice("curvature")) {
      case "full" -> new FullNewton(learningRate, damping);
      default -> new DiagonalNewton(learningRate, damping);
    };
  }

  private static Setting learningRate(double value) {
    return new Number(LearningRate.KEY, value, Bounds.POSITIVE, "η, the step size");
  }

  private static RuleDefinition define(
      String name, String summary, Function<Settings, UpdateRule> factory, List<Setting> own) {
    return new RuleDefinition(name, summary, append(own, RuleOptions.settings(own)), factory);
  }

  private static List<Setting> append(List<Setting> first, List<Setting> then) {
    return Stream.concat(first.stream(), then.stream()).toList();
  }
}
