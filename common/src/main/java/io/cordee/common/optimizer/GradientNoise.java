package io.cordee.common.optimizer;

import static io.cordee.common.kernel.Floats.finite;

import io.cordee.common.optimizer.Setting.Bounds;
import io.cordee.common.optimizer.Setting.Number;
import io.cordee.common.random.SplitMix64;
import java.util.Optional;

/**
 * Adds noise to a mean gradient: in round t, each parameter's is drawn from the normal distribution
 * with mean 0 and variance σ² / t^0.55. It depends on the job's seed, round and parameter alone.
 *
 * <p>Source: A. Neelakantan et al., Adding Gradient Noise Improves Learning for Very Deep Networks,
 * 2015.
 *
 * @param deviation σ
 * @param first where in the vector the state begins
 */
record GradientNoise(double deviation, long seed, int first) {

  private static final double FADING = 0.55;

  static final Setting DEVIATION =
      new Number(
          "gradient_noise",
          0.0,
          Bounds.NOT_NEGATIVE,
          "σ, the standard deviation of noise on the mean gradient in round 1; its square falls as"
              + " 1 / round^0.55");

  /**
   * None if it is off, or not offered for the optimizer.
   *
   * @param seed of the job
   */
  static Optional<GradientNoise> of(Settings settings, long seed) {
    boolean isOn =
        settings.values().containsKey(DEVIATION.key()) && settings.number(DEVIATION.key()) > 0;
    return isOn
        // Other numbers than those that the job's other draws begin with.
        ? Optional.of(new GradientNoise(settings.number(DEVIATION.key()), ~seed, 0))
        : Optional.empty();
  }

  /** The same, of a state whose index 0 is this one of the vector's. */
  GradientNoise at(int next) {
    return new GradientNoise(deviation, seed, first + next);
  }

  /** Adds it to the means of [from, to), which stand at index 0. */
  void apply(int round, float[] means, int from, int to) {
    double scale = deviation * StrictMath.pow(round, -FADING / 2);
    long ofRound = new SplitMix64(new SplitMix64(seed).nextLong() + round).nextLong();
    for (int i = from; i < to; i++) {
      SplitMix64 random = new SplitMix64(ofRound + first + i);
      means[i - from] = finite((float) (means[i - from] + scale * normal(random)));
    }
  }

  /** Box & Muller 1958. */
  private static double normal(SplitMix64 random) {
    double length = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
    return length * StrictMath.cos(2 * Math.PI * random.nextDouble());
  }
}
