package io.cordee.proto.message;

import java.util.BitSet;
import java.util.List;

/** Sets of partitions or slices in messages, where they are lists of numbers. */
public final class Numbers {

  private static final int MOST_PARTITIONS = 1 << 20;

  private Numbers() {}

  public static List<Integer> list(BitSet set) {
    return set.stream().boxed().toList();
  }

  /**
   * @throws IllegalArgumentException if no job has a partition or slice of such a number
   */
  public static BitSet set(List<Integer> numbers) {
    BitSet set = new BitSet();
    for (int number : numbers) {
      if (number < 0 || number >= MOST_PARTITIONS) {
        throw new IllegalArgumentException("there is no partition " + number);
      }
      set.set(number);
    }
    return set;
  }
}
