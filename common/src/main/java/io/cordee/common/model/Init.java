package io.cordee.common.model;

import java.util.Optional;

/**
 * How the parameter vector starts.
 *
 * @param scheme where the weights of a layer with {@code in} inputs and {@code out} outputs are
 *     drawn from
 * @param seed the seed of the draw; equal seeds give equal bits on every machine
 * @param weights the weights themselves, if they are not drawn
 * @param range half the width of the interval, for {@code UNIFORM} alone (0 for the others)
 */
public record Init(Scheme scheme, long seed, double range, Optional<FirstWeights> weights) {

  /** Distributions, all of them uniform on an interval around 0. */
  public enum Scheme {
    /** ±√(6 / (in + out)), biases 0. Glorot &amp; Bengio 2010. */
    GLOROT,
    /** ±√(6 / in), biases 0. He et al. 2015. */
    HE,
    /** ±range, biases too. */
    UNIFORM
  }

  public Init(Scheme scheme, long seed, double range) {
    this(scheme, seed, range, Optional.empty());
  }

  public Init {
    if (scheme == Scheme.UNIFORM ? !(range > 0 && range < Double.POSITIVE_INFINITY) : range != 0) {
      throw new IllegalArgumentException(
          "range must be positive and finite for uniform, 0 otherwise; found " + range);
    }
  }
}
