package io.cordee.common.optimizer;

import io.cordee.common.reduce.Chunks;
import java.util.List;

/** An optimizer that mixes the parameters and so has to see all of them at once. */
public non-sealed interface WholeUpdate extends Update {

  /**
   * Writes the next weights and brings the slots up to date.
   *
   * @param means for every chunk its mean gradient, and behind it its rows of the mean Hessian
   */
  void step(RoundScalars round, List<float[]> means, Chunks chunks, ParameterState state);
}
