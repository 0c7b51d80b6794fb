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
 */
record Quickprop(LearningRate learningRate, float μ) implements BlockRule {

  @Override
  public List<Slot> slots() {
    return List.of(new Slot("previous_gradient", 0), new Slot("step", 0));
  }

  @Override
  public Step in(RoundScalars round) {
    float η = learningRate.at(round);
    return block -> {
      float[] g = block.copyOfGradient(0);
      float[] p = block.copy(block.slot(0), 1);
      float[] Δ = block.copy(block.slot(1), 2);
      float[] s = block.spare(3);
      float[] factor = block.spare(4);
      int size = block.size();
      lookDownhill(g, Δ, s, p, size);
      boundFactor(s, p, factor, size);
      takeFactor(s, p, factor, size);
      float[] isLinear = p;
      findLinear(s, p, Δ, isLinear, size);
      takeStep(factor, isLinear, g, η, Δ, size);
      block.writeBack(g, block.slot(0));
      block.writeBack(Δ, block.slot(1));
      walk(block.current(), block.slot(1), block.next(), block.from(), block.to());
    };
  }

  /*
   * The factor is the next step over the previous one, g / (g' − g) within [−μ, μ]. With the
   * previous step's direction taken out, s and p are the slopes downhill along it, now and then.
   * Where s is above pμ/(1+μ), the parabola through both has its lowest point further than μ steps
   * ahead, or none: the factor is μ. Two slopes of 0 tell nothing: it is 0.
   *
   * Branch-free: a condition is a number that is 1 or 0, and which of its three bounds the factor may
   * not fall below, μ, 0 or −μ, tells the three cases apart. Each loop is short, and has no sum or
   * product of two alike, as HotSpot would not vectorise it otherwise.
   */

  /** Writes s, and makes p of the previous gradient. */
  private static void lookDownhill(float[] g, float[] Δ, float[] s, float[] p, int size) {
    for (int i = 0; i < size; i++) {
      float direction = sign(Δ[i]);
      s[i] = -g[i] * direction;
      p[i] = -p[i] * direction;
    }
  }

  /** Writes the factor's lower bound over μ: 1, 0 or −1. */
  private void boundFactor(float[] s, float[] p, float[] bound, int size) {
    float far = μ / (1 + μ);
    for (int i = 0; i < size; i++) {
      bound[i] = lifted(s[i] - p[i] * far);
    }
    for (int i = 0; i < size; i++) {
      float isSome = lifted(Math.abs(s[i]) + Math.abs(p[i]));
      bound[i] = 2 * Math.max(0f, bound[i]) - isSome;
    }
  }

  /** Turns the bound into the factor. A bound of 0 stands for 0/0, and makes 0/1 of that. */
  private void takeFactor(float[] s, float[] p, float[] factor, int size) {
    for (int i = 0; i < size; i++) {
      float isNone = 1 - Math.abs(factor[i]);
      factor[i] = Math.max(μ * factor[i], Math.min(μ, s[i] / (p[i] - s[i] + isNone)));
    }
  }

  /** Writes 1 where s and p have one sign or Δ is 0, otherwise 0 or less; to p, if wanted. */
  private static void findLinear(float[] s, float[] p, float[] Δ, float[] isLinear, int size) {
    for (int i = 0; i < size; i++) {
      float stands = 1 - lifted(Math.abs(Δ[i]));
      isLinear[i] = Math.max(stands, lifted(sign(s[i]) * p[i]));
    }
  }

  private static void takeStep(
      float[] factor, float[] isLinear, float[] g, float η, float[] Δ, int size) {
    for (int i = 0; i < size; i++) {
      float linear = η * where(isLinear[i], g[i]);
      Δ[i] = finite(finite(factor[i] * Δ[i]) - linear);
    }
  }

  private static void walk(float[] w, float[] Δ, float[] next, int from, int to) {
    for (int i = from; i < to; i++) {
      next[i] = finite(w[i] + Δ[i]);
    }
  }

  /** g where which is 1, +0 where it is less; exactly, even if g is −0. */
  private static float where(float which, float g) {
    float bound = Math.max(0f, which) * Float.MAX_VALUE;
    return Math.min(bound, Math.max(0f - bound, g));
  }

  /** 1 for what is above 0; otherwise 0 or less. */
  private static float lifted(float x) {
    return Math.min(1f, x * 1e38f * 1e7f);
  }
}
