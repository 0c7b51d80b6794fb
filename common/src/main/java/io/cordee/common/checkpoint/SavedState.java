package io.cordee.common.checkpoint;

import io.cordee.common.rule.Slot;
import java.util.Arrays;
import java.util.List;

/**
 * All that a shard needs to go on from the end of a round.
 *
 * @param vectors as long as the shard's part of the parameter vector: the weights at the mark's
 *     version, those at the version before (at version 0 the same), and the rule's slots
 */
public record SavedState(RoundMark mark, float[][] vectors) {

  /** The parts in front of the slots. */
  public static final int WEIGHTS = 2;

  /**
   * The start of a job.
   *
   * @param initial the weights; becomes part of the state
   */
  public static SavedState start(float[] initial, List<Slot> slots) {
    float[][] vectors = new float[WEIGHTS + slots.size()][];
    vectors[0] = initial;
    vectors[1] = initial.clone();
    for (int i = 0; i < slots.size(); i++) {
      vectors[WEIGHTS + i] = new float[initial.length];
      Arrays.fill(vectors[WEIGHTS + i], slots.get(i).initial());
    }
    return new SavedState(RoundMark.START, vectors);
  }

  public float[] weights() {
    return vectors[0];
  }

  public float[] previousWeights() {
    return vectors[1];
  }

  public float[][] slots() {
    return Arrays.copyOfRange(vectors, WEIGHTS, vectors.length);
  }
}
