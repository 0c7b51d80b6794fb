package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.finite;
import static io.cordee.common.kernel.Floats.sign;

import java.util.List;

/**
 * Quickprop (Fahlman 1988, An empirical study of learning speed in back-propagation networks): a
 * Newton step in every direction by itself, the second derivative being taken from the last two
 * slopes.
 *
 * <pre>
 * Δ ← Δ'·g / (g' − g)   at most μ times as long as the previous step Δ'
 *     − ηg              added where g has kept its sign, or where Δ' is 0
 * w ← w + Δ
 * </pre>
 *
 * <p>Δ is held within ±{@link Float#MAX_VALUE} / 2μ, so that μ times as much does not overflow.
 */
record Quickprop(LearningRate learningRate, float μ) implements BlockRule {

  /** In two steps, this lifts the smallest denormal above any μ. */
  private static final float LIFT = 1e38f;

  @Override
  public List<Slot> slots() {
    return List.of(new Slot("previous_gradient", 0), new Slot("step", 0));
  }

  @Override
  public Step in(RoundScalars round) {
    float η = learningRate.at(round);
    float longest = longestStep();
    return new Step(
        block -> {
          takeFactor(block, block.next());
          keepLinear(block, block.slot(0));
          walk(block, η, longest);
        },
        block -> VectorSteps.quickprop(block, η, μ, longest, LIFT));
  }

  float longestStep() {
    return Float.MAX_VALUE / 2 / μ;
  }

  /**
   * Writes the next step over the previous one, g / (g' − g) within [−μ, μ].
   *
   * <p>With the previous step's direction taken out, s and p are the slopes downhill along it, now
   * and then. Where s is above pμ/(1+μ), the parabola through both has its lowest point further
   * than μ steps ahead, or none: {@code far} is beyond μ there, and below −μ otherwise, so that it
   * is either the larger or does not count. Two slopes of 0 tell nothing: 0/1 for 0/0.
   */
  private void takeFactor(Block block, float[] factor) {
    float[] sums = block.sums();
    float perRow = block.perRow();
    float[] previous = block.slot(0);
    float[] Δ = block.slot(1);
    float bound = μ / (1 + μ);
    for (int i = block.from(), to = block.to(); i < to; i++) {
      float back = sign(-Δ[i]);
      float s = perRow * sums[i] * back;
      float p = previous[i] * back;
      float areNone = Math.max(0f, 1 - (Math.abs(s) + Math.abs(p)) * LIFT * LIFT);
      float far = (s - p * bound) * LIFT * LIFT;
      factor[i] = Math.min(μ, Math.max(-μ, Math.max(far, s / (p - s + areNone))));
    }
  }

  /** Writes g where it enters the step by itself, otherwise 0. */
  private static void keepLinear(Block block, float[] previous) {
    float[] sums = block.sums();
    float perRow = block.perRow();
    float[] Δ = block.slot(1);
    for (int i = block.from(), to = block.to(); i < to; i++) {
      float g = perRow * sums[i];
      float kept = sign(g) * previous[i] * LIFT * LIFT; // above 1 or not above 0
      float stands = 1 - Math.abs(Δ[i]) * LIFT * LIFT; // 1 or below 0
      previous[i] = Math.max(0f, Math.min(1f, Math.max(kept, stands))) * g;
    }
  }

  private static void walk(Block block, float η, float longest) {
    float[] sums = block.sums();
    float perRow = block.perRow();
    float[] w = block.current();
    float[] next = block.next(); // the factor
    float[] previous = block.slot(0); // the linear part
    float[] Δ = block.slot(1);
    for (int i = block.from(), to = block.to(); i < to; i++) {
      float step = next[i] * Δ[i] - η * previous[i];
      Δ[i] = Math.max(-longest, Math.min(longest, step)) + 0f; // never −0
      previous[i] = perRow * sums[i];
      next[i] = finite(w[i] + Δ[i]);
    }
  }
}
