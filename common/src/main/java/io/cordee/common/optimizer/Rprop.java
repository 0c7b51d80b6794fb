package io.cordee.common.optimizer;

import java.util.List;

/**
 * Rprop as the lecture has it. Where the sign s of the derivative flips, a minimum was overshot: go
 * back to the previous location, shorten η, and step again from there in the old direction, all in
 * one update. η adapts as in {@link StepSizes}.
 *
 * <pre>
 * w ← w − sη         if s kept or one of the two is 0
 *     w' − s'η       if it flipped; w' is the previous location, s' the previous sign
 * </pre>
 */
record Rprop(StepSizes sizes, AfterFlip afterFlip) implements SignUpdate {

  /** The previous sign for the round after a flip. */
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
  public boolean rests() {
    return true;
  }

  @Override
  public Step in(RoundScalars round) {
    return UpdateSteps.deckRprop(sizes.min(), sizes.max(), sizes.α(), sizes.β(), afterFlip.share);
  }
}
