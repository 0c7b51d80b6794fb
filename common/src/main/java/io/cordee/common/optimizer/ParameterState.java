package io.cordee.common.optimizer;

import io.cordee.common.reduce.Subvector;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

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

  /** A copy of states that follow each other, as one. */
  public static ParameterState joined(List<ParameterState> parts) {
    int size = parts.stream().mapToInt(ParameterState::size).sum();
    int slots = parts.get(0).slots.length;
    ParameterState whole =
        new ParameterState(new float[size], new float[size], new float[slots][size]);
    whole.forEachArray(parts, (all, at, part) -> System.arraycopy(part, 0, all, at, part.length));
    return whole;
  }

  /** Copies what {@link #joined} has put together, and was stepped, back to where it came from. */
  public void split(List<ParameterState> parts) {
    forEachArray(parts, (all, at, part) -> System.arraycopy(all, at, part, 0, part.length));
  }

  private interface ArrayCopy {
    void copy(float[] all, int at, float[] part);
  }

  private void forEachArray(List<ParameterState> parts, ArrayCopy copy) {
    int at = 0;
    for (ParameterState part : parts) {
      copy.copy(current, at, part.current);
      copy.copy(next, at, part.next);
      for (int slot = 0; slot < slots.length; slot++) {
        copy.copy(slots[slot], at, part.slots[slot]);
      }
      at += part.size();
    }
  }

  /**
   * Begins anew, as when it was made.
   *
   * @param initial copied, twice
   * @param own those it was made with
   */
  public void restart(float[] initial, List<Slot> own) {
    System.arraycopy(initial, 0, current, 0, current.length);
    System.arraycopy(initial, 0, next, 0, next.length);
    fill(slots, own);
  }

  private static float[][] filled(List<Slot> slots, int length) {
    float[][] arrays = new float[slots.size()][length];
    fill(arrays, slots);
    return arrays;
  }

  private static void fill(float[][] arrays, List<Slot> slots) {
    for (int i = 0; i < arrays.length; i++) {
      Arrays.fill(arrays[i], slots.get(i).initial());
    }
  }

  /** The number of parameters. */
  public int size() {
    return current.length;
  }

  public float[] current() {
    return current;
  }

  public float[] next() {
    return next;
  }

  /** One array for each slot of the optimizer, in its order, as long as the vector. */
  public float[][] slots() {
    return slots;
  }

  /** The same arrays with {@link #current} and {@link #next} in each other's place. */
  public ParameterState swapped() {
    return new ParameterState(next, current, slots);
  }

  /** A state made of what this makes of each array. */
  public ParameterState map(UnaryOperator<float[]> of) {
    float[][] mapped = Arrays.stream(slots).map(of).toArray(float[][]::new);
    return new ParameterState(of.apply(current), of.apply(next), mapped);
  }

  /** Takes a range of another state, to stand at an index here. */
  public void copy(ParameterState other, int from, int at, int length) {
    System.arraycopy(other.current, from, current, at, length);
    System.arraycopy(other.next, from, next, at, length);
    for (int slot = 0; slot < slots.length; slot++) {
      System.arraycopy(other.slots[slot], from, slots[slot], at, length);
    }
  }

  /** Takes what is next, and the slots, of a part of it. */
  public void put(Subvector part, ParameterState ofPart) {
    part.put(ofPart.next, next);
    for (int slot = 0; slot < slots.length; slot++) {
      part.put(ofPart.slots[slot], slots[slot]);
    }
  }

  /** The round is over: what was next is current, and what was current is the version before. */
  public void advance() {
    float[] previous = current;
    current = next;
    next = previous;
  }
}
