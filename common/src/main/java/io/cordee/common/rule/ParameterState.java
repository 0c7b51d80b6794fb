package io.cordee.common.rule;

import java.util.Arrays;
import java.util.List;

/**
 * The weights at two versions, and the slots. In the round that leads from version t to t+1, {@code
 * current} is version t, and {@code next} holds version t−1 in every range that has not been
 * stepped yet, version t+1 in every range that has. Before the first round, both are the start.
 *
 * <p>The arrays are the state itself, not copies. Threads may work on disjoint ranges; {@link
 * #advance} needs all of them to have finished.
 */
public final class ParameterState {

  private final List<Slot> slotNames;
  private final float[][] slots;
  private float[] current;
  private float[] next;

  /**
   * @param initial copied, twice
   * @param slots filled with their initial values
   */
  public ParameterState(float[] initial, List<Slot> slots) {
    this.slotNames = List.copyOf(slots);
    this.slots = new float[slots.size()][initial.length];
    for (int i = 0; i < slots.size(); i++) {
      Arrays.fill(this.slots[i], slots.get(i).initial());
    }
    current = initial.clone();
    next = initial.clone();
  }

  public float[] current() {
    return current;
  }

  public float[] next() {
    return next;
  }

  /** One array for each of {@link #slotNames}, as long as the vector. */
  public float[][] slots() {
    return slots;
  }

  public List<Slot> slotNames() {
    return slotNames;
  }

  /** The round is over: what was next is current, and what was current is the version before. */
  public void advance() {
    float[] previous = current;
    current = next;
    next = previous;
  }
}
