package io.cordee.common.optimizer;

import static io.cordee.common.kernel.Floats.finite;

/** Scalar optimizers, whose bits the fast ones must match; without decay, clipping and Newton. */
final class PlainUpdates {

  private PlainUpdates() {}

  /** Steps the whole vector by its mean gradient g. */
  static void step(Update update, RoundScalars round, float[] g, ParameterState state) {
    float[] w = state.current();
    float[] next = state.next();
    float[][] slots = state.slots();
    for (int i = 0; i < w.length; i++) {
      if (update instanceof GradientDescent gd) {
        next[i] = finite(w[i] - gd.learningRate().at(round) * g[i]);
      } else if (update instanceof Momentum momentum) {
        next[i] = momentum(momentum, round, g[i], w[i], slots[0], i);
      } else if (update instanceof Nesterov nesterov) {
        next[i] = momentum(nesterov.momentum(), round, g[i], w[i], slots[0], i);
      } else if (update instanceof RmsProp rmsProp) {
        next[i] = rmsProp(rmsProp, round, g[i], w[i], slots[0], i);
      } else if (update instanceof Adam adam) {
        next[i] = adam(adam, round, g[i], w[i], slots, i);
      } else if (update instanceof SignSgd signSgd) {
        next[i] = finite(w[i] - signSgd.learningRate().forUnitSteps(round) * sign(g[i]));
      } else if (update instanceof Lion signum && signum.β1() == signum.β2()) {
        slots[0][i] = mean(round.kept(signum.β2()), slots[0][i], g[i]);
        next[i] = finite(w[i] - signum.learningRate().forUnitSteps(round) * sign(slots[0][i]));
      } else if (update instanceof Lion lion) {
        float β1 = round.kept(lion.β1());
        float sign = sign(β1 * slots[0][i] + (1 - β1) * g[i]);
        next[i] = finite(w[i] - lion.learningRate().forUnitSteps(round) * sign);
        slots[0][i] = mean(round.kept(lion.β2()), slots[0][i], g[i]);
      } else if (update instanceof Quickprop quickprop) {
        next[i] = quickprop(quickprop, round, g[i], w[i], slots, i);
      } else {
        next[i] = rprop(update, round, g[i], w[i], next[i], slots, i);
      }
    }
  }

  private static float mean(float kept, float m, float g) {
    return finite(kept * m + (1 - kept) * g);
  }

  private static float momentum(
      Momentum update, RoundScalars round, float g, float w, float[] Δ, int i) {
    Δ[i] = finite(update.β() * Δ[i] - update.learningRate().at(round) * g);
    return finite(w + Δ[i]);
  }

  private static float rmsProp(
      RmsProp update, RoundScalars round, float g, float w, float[] v, int i) {
    float η = update.learningRate().forUnitSteps(round);
    v[i] = mean(round.kept(update.γ()), v[i], finite(g * g));
    return finite(w - η * finite(g / ((float) Math.sqrt(v[i]) + update.ε())));
  }

  private static float adam(
      Adam update, RoundScalars round, float g, float w, float[][] slots, int i) {
    float η = update.learningRate().forUnitSteps(round);
    float m = mean(round.kept(update.δ()), slots[0][i], g);
    float v = mean(round.kept(update.γ()), slots[1][i], finite(g * g));
    slots[0][i] = m;
    slots[1][i] = v;
    float rate = η / (float) (1 - StrictMath.pow(update.δ(), round.progress()));
    float toMeanSquare = 1 / (float) (1 - StrictMath.pow(update.γ(), round.progress()));
    float root = (float) Math.sqrt(finite(toMeanSquare * v));
    return finite(w - rate * finite(m / (root + update.ε())));
  }

  private static float quickprop(
      Quickprop update, RoundScalars round, float g, float w, float[][] slots, int i) {
    float previous = slots[0][i];
    float Δ = slots[1][i];
    float secant = factor(update.μ(), g, previous, Δ) * Δ;
    boolean hasLinear = Δ == 0 || (g > 0 && previous > 0) || (g < 0 && previous < 0);
    float linear = hasLinear ? update.learningRate().at(round) * g : 0;
    slots[0][i] = g;
    float longest = update.longestStep();
    slots[1][i] = Math.max(-longest, Math.min(longest, secant - linear)) + 0f; // never −0
    return finite(w + slots[1][i]);
  }

  /** Quickprop's next step over its previous one, from the slopes along the latter. */
  private static float factor(float μ, float g, float previous, float Δ) {
    float s = -g * sign(Δ);
    float p = -previous * sign(Δ);
    if (s > p * (μ / (1 + μ))) {
      return μ;
    }
    if (s == 0 && p == 0) {
      return 0;
    }
    return Math.max(-μ, Math.min(μ, s / (p - s)));
  }

  private static float rprop(
      Update update, RoundScalars round, float g, float w, float before, float[][] slots, int i) {
    float s = sign(g);
    float previous = slots[1][i];
    boolean flipped = s * previous < 0;
    slots[0][i] = adapted(sizes(update), slots[0][i], s * previous);
    float η = slots[0][i];
    if (update instanceof RpropMinus minus && !minus.isImproved()) {
      slots[1][i] = s;
      return finite(w - s * η);
    }
    if (update instanceof Rprop rprop) {
      boolean freeze = flipped && rprop.afterFlip() == Rprop.AfterFlip.FREEZE;
      slots[1][i] = freeze ? 0 : s;
      return finite(base(flipped, before, w) - (flipped ? previous : s) * η);
    }
    slots[1][i] = flipped ? 0 : s;
    boolean rose = round.meanLoss() > round.previousMeanLoss();
    if (update instanceof RpropMinus) {
      return finite(w - slots[1][i] * η);
    }
    boolean back = flipped && (!((RpropPlus) update).isImproved() || rose);
    return finite(base(back, before, w) - slots[1][i] * η);
  }

  /** Where a step starts: a sum of which one part is 0, so that −0 may become +0. */
  private static float base(boolean back, float before, float w) {
    return back ? before + 0 * w : 0 * before + w;
  }

  private static StepSizes sizes(Update update) {
    if (update instanceof Rprop rprop) {
      return rprop.sizes();
    } else if (update instanceof RpropPlus plus) {
      return plus.sizes();
    }
    return ((RpropMinus) update).sizes();
  }

  private static float adapted(StepSizes sizes, float η, float product) {
    if (product > 0) {
      return Math.min(sizes.α() * η, sizes.max());
    }
    return product < 0 ? Math.max(sizes.β() * η, sizes.min()) : η;
  }

  private static float sign(float x) {
    return x > 0 ? 1 : x < 0 ? -1 : 0;
  }
}
