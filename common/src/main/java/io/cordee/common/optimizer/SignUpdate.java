package io.cordee.common.optimizer;

import java.util.List;

/**
 * An optimizer that moves weights by signs alone, those of the gradient or of a direction derived
 * from it: given the signs, the step can be replayed bit for bit.
 *
 * <p>The step leaves in {@link Block#sums} values with the signs that it has moved the weights by.
 */
interface SignUpdate extends BlockUpdate {

  /** The slots that a replay reads and writes: all of {@link #slots}, or the first few. */
  default List<Slot> replayedSlots() {
    return slots();
  }

  /** The step again, for blocks whose sums are the signs and whose slots are the replayed ones. */
  default Step replay(RoundScalars round) {
    return in(round);
  }
}
