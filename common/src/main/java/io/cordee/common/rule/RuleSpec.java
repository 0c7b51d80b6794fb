package io.cordee.common.rule;

import java.util.OptionalDouble;

/** A rule and the value of each of its settings: what a job file says of the rule, resolved. */
public record RuleSpec(String name, Settings settings) {

  /**
   * @throws IllegalArgumentException if there is no rule of this name
   */
  public RuleDefinition definition() {
    return RuleCatalog.find(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no rule " + name + "; expected one of " + RuleCatalog.names()));
  }

  /** The learning rate of a round, counted from 1 and applied as a whole, if the rule has one. */
  public OptionalDouble learningRate(int round) {
    return settings.values().containsKey(LearningRate.KEY)
        ? OptionalDouble.of(LearningRate.of(settings).at(round))
        : OptionalDouble.empty();
  }

  public boolean clipsNorm() {
    return NormClip.of(settings).isPresent();
  }

  public boolean addsNoise() {
    return GradientNoise.of(settings, 0).isPresent();
  }
}
