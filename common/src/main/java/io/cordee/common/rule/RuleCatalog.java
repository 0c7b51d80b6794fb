package io.cordee.common.rule;

import io.cordee.common.rule.Setting.Bounds;
import io.cordee.common.rule.Setting.Choice;
import io.cordee.common.rule.Setting.Number;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Every update rule that a job can name, in the order of the deck. */
public final class RuleCatalog {

  private static final Bounds POSITIVE = new Bounds(0, true, Double.POSITIVE_INFINITY, true);
  private static final Bounds FRACTION = new Bounds(0, false, 1, true);
  private static final Bounds ABOVE_ONE = new Bounds(1, true, Double.POSITIVE_INFINITY, true);
  private static final Bounds BELOW_ONE = new Bounds(0, true, 1, true);

  private static final Setting BETA =
      new Number("beta", 0.9, FRACTION, "β, the share of the previous step");
  private static final Setting EPSILON =
      new Number("epsilon", 1e-8, POSITIVE, "ε, added outside the root");

  private static final List<RuleDefinition> ALL =
      List.of(
          define("gd", "w ← w − ηg", learningRate(0.1)),
          define("momentum", "Δ ← βΔ − ηg; w ← w + Δ", learningRate(0.1), BETA),
          define("nesterov", "as momentum, g taken at w + βΔ", learningRate(0.1), BETA),
          define("rprop", "the deck's: back on a flip, and on from there", rprop(afterFlip())),
          define("rprop+", "Riedmiller & Braun 1993: a flip takes the last step back", rprop()),
          define("rprop-", "Riedmiller 1994: a flip only shortens the step", rprop()),
          define(
              "irprop+",
              "Igel & Hüsken 2003: a flip takes the last step back if the loss rose",
              rprop()),
          define("irprop-", "Igel & Hüsken 2003: a flip shortens the step and pauses", rprop()),
          define(
              "quickprop",
              "Δ ← Δ·g / (g' − g)",
              learningRate(0.1),
              new Number(
                  "growth_limit",
                  1.75,
                  ABOVE_ONE,
                  "μ, the largest step as a multiple of the previous one")),
          define(
              "rmsprop",
              "v ← γv + (1−γ)g²; w ← w − ηg / (√v + ε)",
              learningRate(0.001),
              new Number("gamma", 0.9, FRACTION, "γ, the share of the previous mean square"),
              EPSILON),
          define(
              "adam",
              "RMSprop with a running mean of g in its place, both corrected for their start at 0",
              learningRate(0.001),
              new Number("delta", 0.9, FRACTION, "δ, the share of the previous mean"),
              new Number("gamma", 0.999, FRACTION, "γ, the share of the previous mean square"),
              EPSILON),
          define(
              "newton",
              "w ← w − ηH⁻¹g",
              learningRate(1),
              new Choice(
                  "curvature", "diagonal", List.of("diagonal", "full"), "which part of H is used"),
              new Number("damping", 1, POSITIVE, "added to the diagonal of H")));

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

  private static Setting learningRate(double value) {
    return new Number("learning_rate", value, POSITIVE, "η, the step size");
  }

  private static Setting afterFlip() {
    return new Choice(
        "after_flip",
        "freeze",
        List.of("freeze", "keep"),
        "the previous sign after a flip: none, or the current one");
  }

  private static Setting[] rprop(Setting... more) {
    List<Setting> settings =
        new ArrayList<>(
            List.of(
                new Number("initial_step", 0.1, POSITIVE, "η at the start"),
                new Number("min_step", 1e-6, POSITIVE, "η_min"),
                new Number("max_step", 50, POSITIVE, "η_max; decides more than the variant does"),
                new Number("increase", 1.2, ABOVE_ONE, "α, the factor while the sign stays"),
                new Number("decrease", 0.5, BELOW_ONE, "β, the factor when it flips")));
    settings.addAll(Arrays.asList(more));
    return settings.toArray(new Setting[0]);
  }

  private static RuleDefinition define(String name, String summary, Setting... settings) {
    Function<Settings, UpdateRule> none =
        given -> {
          throw new IllegalStateException(name);
        };
    return new RuleDefinition(name, summary, List.of(settings), none);
  }
}
