package io.cordee.common.rule;

import static io.cordee.common.kernel.Floats.blend;
import static io.cordee.common.kernel.Floats.finite;
import static io.cordee.common.kernel.Floats.sign;

import java.util.List;

/**
 * Rprop as the deck has it. Where the sign s of the derivative flips, a minimum was overshot: go
 * back to the previous location, shorten η, and step again from there in the old direction, all in
 * one update. η adapts as in {@link StepSizes}.
 *
 * <pre>
 * w ← w − sη         if s kept or one of the two is 0
 *     w' − s'η       if it flipped; w' is the previous location, s' the previous sign
 * </pre>
 */
record DeckRprop(StepSizes sizes, AfterFlip afterFlip) implements RangeRule {

  /** What the round after a flip takes for the previous sign. */
  enum AfterFlip {
    /** None, so that η stays as it is for a round. */
    FREEZE(0),
    /** The one that was found beyond the minimum. */
    KEEP(1);

    static final Setting SETTING =
        new Setting.Choice(
            "after_flip",
            "freeze",
            List.of("freeze", "keep"),
            "the previous sign after a flip: none, or the current one");

    private final float share;

    AfterFlip(float share) {
      this.share = share;
    }

    static AfterFlip of(Settings settings) {
      return settings.choice(SETTING.key()).equals("keep") ? KEEP : FREEZE;
    }
  }

  @Override
  public List<Slot> slots() {
    return sizes.slots();
  }

  @Override
  public void step(RoundScalars round, float[] g, ParameterState state, int from, int to) {
    float kept = afterFlip.share;
    float[] w = state.current();
    float[] next = state.next();
    float[] η = state.slots()[0];
    float[] previous = state.slots()[1];
    for (int i = from; i < to; i++) {
      float s = sign(g[i - from]);
      float product = s * previous[i];
      float flip = StepSizes.flip(product);
      η[i] = sizes.adapt(η[i], product);
      float direction = blend(flip, previous[i], s);
      next[i] = finite(blend(flip, next[i], w[i]) - direction * η[i]);
      previous[i] = blend(flip, kept * s, s) + 0f; // never −0
    }
  }
}
