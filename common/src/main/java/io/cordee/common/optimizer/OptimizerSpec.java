package io.cordee.common.optimizer;

import java.util.OptionalDouble;

/**
 * An optimizer and the value of each of its settings: what a job file says of the optimizer,
 * resolved.
 */
public record OptimizerSpec(String name, Settings settings) {

  /**
   * @throws IllegalArgumentException if there is no optimizer of this name
   */
  public OptimizerDefinition definition() {
    return OptimizerCatalog.find(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no optimizer " + name + "; expected one of " + OptimizerCatalog.names()));
  }

  /**
   * The learning rate of a round, counted from 1 and applied as a whole, if the optimizer has one.
   */
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
