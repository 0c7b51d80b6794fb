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

  private final float[][] slots;
  private float[] current;
  private float[] next;

  private ParameterState(float[] current, float[] next, float[][] slots) {
    this.current = current;
    this.next = next;
    this.slots = slots;
  }

  /**
   * @param initial copied, twice
   * @param slots filled with their initial values
   */
  public ParameterState(float[] initial, List<Slot> slots) {
    this(initial.clone(), initial.clone(), filled(slots, initial.length));
  }

  /**
   * @param initial becomes {@link #current} itself, and is copied to {@link #next}
   * @param slots filled with their initial values
   */
  public static ParameterState taking(float[] initial, List<Slot> slots) {
    return new ParameterState(initial, initial.clone(), filled(slots, initial.length));
  }

  /** A state made of these arrays themselves. */
  public static ParameterState of(float[] current, float[] next, float[][] slots) {
    return new ParameterState(current, next, slots);
  }

  private static float[][] filled(List<Slot> slots, int length) {
    float[][] arrays = new float[slots.size()][length];
    for (int i = 0; i < arrays.length; i++) {
      Arrays.fill(arrays[i], slots.get(i).initial());
    }
    return arrays;
  }

  public float[] current() {
    return current;
  }

  public float[] next() {
    return next;
  }

  /** One array for each slot of the rule, in its order, as long as the vector. */
  public float[][] slots() {
    return slots;
  }

  /** The same arrays with {@link #current} and {@link #next} in each other's place. */
  public ParameterState swapped() {
    return new ParameterState(next, current, slots);
  }

  /** The round is over: what was next is current, and what was current is the version before. */
  public void advance() {
    float[] previous = current;
    current = next;
    next = previous;
  }
}
