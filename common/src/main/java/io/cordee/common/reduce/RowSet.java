package io.cordee.common.reduce;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Rows of a table in little memory: a bit for each row up to the last or, where that takes less, a
 * number for each. Does not change.
 */
public final class RowSet {

  private final BitSet many;
  private final int[] few;

  public RowSet(BitSet rows) {
    boolean areFew = (long) Integer.SIZE * rows.cardinality() < rows.length();
    many = areFew ? new BitSet() : (BitSet) rows.clone();
    few = areFew ? rows.stream().toArray() : new int[0];
  }

  /** Returns the rows from one to another, in ascending order. */
  public int[] within(int from, int to) {
    return few.length > 0
        ? Arrays.copyOfRange(few, Subvector.lowest(few, from), Subvector.lowest(few, to))
        : many.get(from, to).stream().map(row -> from + row).toArray();
  }

  public boolean isWithin(BitSet rows) {
    return many.stream().allMatch(rows::get) && Arrays.stream(few).allMatch(rows::get);
  }

  /** How much memory it takes. */
  public long bytes() {
    return (long) Integer.BYTES * few.length + many.size() / Byte.SIZE;
  }
}
