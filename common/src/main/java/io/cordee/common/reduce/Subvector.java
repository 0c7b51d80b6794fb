package io.cordee.common.reduce;

import java.util.Arrays;
import java.util.Objects;

/**
 * Part of a parameter vector, or of one of its chunks: everything before its {@link Table}, and
 * some of the table's rows, as far as they lie within. Values stand in the order of the vector, one
 * behind the other.
 */
public final class Subvector {

  private final Table table;
  private final int size;
  private final int[] rows;
  private final int values;

  /** How much of the first row lies before the vector. */
  private final int before;

  private Subvector(Table table, int size, int[] rows) {
    this.table = table;
    this.size = size;
    this.rows = rows;
    this.before = rows.length == 0 ? 0 : (int) Math.max(0, -start(0));
    this.values = offset(rows.length) - behind();
  }

  /**
   * @param table its first parameter may be negative, in a vector that begins within the table
   * @param size parameters of the vector
   * @param rows ascending, not to be changed; those outside of the vector are left out
   */
  public static Subvector of(Table table, int size, int[] rows) {
    int from = lowest(rows, Math.floorDiv((long) -table.first(), (long) table.width()));
    int to = lowest(rows, Math.floorDiv((long) size - 1 - table.first(), (long) table.width()) + 1);
    boolean areAllWithin = from == 0 && to == rows.length;
    return new Subvector(table, size, areAllWithin ? rows : Arrays.copyOfRange(rows, from, to));
  }

  /** The index of the first row from this one on. */
  private static int lowest(int[] rows, long row) {
    int at = Arrays.binarySearch(rows, (int) Math.max(0, Math.min(Integer.MAX_VALUE, row)));
    return at < 0 ? -at - 1 : at;
  }

  /** Parameters before the table. */
  public int head() {
    return Math.max(0, Math.min(size, table.first()));
  }

  /** The parameter that a row begins at, perhaps before the vector. */
  private long start(int index) {
    return table.first() + (long) rows[index] * table.width();
  }

  /** How much of the last row lies behind the vector. */
  private int behind() {
    return rows.length == 0 ? 0 : (int) Math.max(0, start(rows.length - 1) + table.width() - size);
  }

  /** Where the values of a row begin; behind the last one as if that were whole. */
  private int offset(int index) {
    return head() + (index == 0 ? 0 : index * table.width() - before);
  }

  /** The values from one row to another. */
  private int count(int from, int to) {
    return Math.min(values, offset(to)) - offset(from);
  }

  /** The row behind those from this one on that follow one another. */
  private int runFrom(int index) {
    int next = index + 1;
    while (next < rows.length && rows[next] == rows[next - 1] + 1) {
      next++;
    }
    return next;
  }

  /** How many values it has. */
  public int values() {
    return values;
  }

  /** Ascending; not to be changed. */
  public int[] rows() {
    return rows;
  }

  /** The same rows, as far as they lie in this stretch of the vector, as a vector of its own. */
  public Subvector within(int from, int length) {
    return of(table.from(from), length, rows);
  }

  public boolean covers(int[] others) {
    return union(rows, others).length == rows.length;
  }

  /** The same with other rows of the table. */
  public Subvector with(int[] others) {
    return new Subvector(table, size, others);
  }

  /** All rows of both. */
  public Subvector and(int[] others) {
    int[] all = union(rows, others);
    return all.length == rows.length ? this : new Subvector(table, size, all);
  }

  /** Of two ascending lists; the first itself if it has them all. */
  public static int[] union(int[] left, int[] right) {
    if (left == right || right.length == 0) {
      return left;
    }
    int[] all = new int[left.length + right.length];
    int count = 0;
    int l = 0;
    int r = 0;
    while (l < left.length && r < right.length) {
      int row = Math.min(left[l], right[r]);
      l += left[l] == row ? 1 : 0;
      r += right[r] == row ? 1 : 0;
      all[count++] = row;
    }
    while (l < left.length) {
      all[count++] = left[l++];
    }
    while (r < right.length) {
      all[count++] = right[r++];
    }
    return count == left.length ? left : Arrays.copyOf(all, count);
  }

  /** Takes its values out of the whole vector. */
  public void take(float[] vector, float[] into) {
    System.arraycopy(vector, 0, into, 0, head());
    for (int row = 0; row < rows.length; ) {
      int end = runFrom(row);
      int place = (int) Math.max(0, start(row));
      System.arraycopy(vector, place, into, offset(row), count(row, end));
      row = end;
    }
  }

  /** Puts its values into the whole vector; what it has not stays. */
  public void put(float[] own, float[] into) {
    System.arraycopy(own, 0, into, 0, head());
    for (int row = 0; row < rows.length; ) {
      int end = runFrom(row);
      int place = (int) Math.max(0, start(row));
      System.arraycopy(own, offset(row), into, place, count(row, end));
      row = end;
    }
  }

  /**
   * Takes its values out of those of another part, which has all of its rows.
   *
   * @throws IllegalArgumentException if that has not
   */
  public void take(Subvector other, float[] values, float[] into) {
    System.arraycopy(values, 0, into, 0, head());
    walk(other, (from, to, count) -> System.arraycopy(values, from, into, to, count));
  }

  /**
   * Adds its values to those of another part, which has all of its rows.
   *
   * @throws IllegalArgumentException if that has not
   */
  public void addTo(Subvector other, float[] values, float[] own) {
    for (int i = 0; i < head(); i++) {
      values[i] += own[i];
    }
    walk(
        other,
        (at, from, count) -> {
          for (int i = 0; i < count; i++) {
            values[at + i] += own[from + i];
          }
        });
  }

  private interface Stretch {
    void at(int other, int own, int count);
  }

  /** Calls for rows that stand side by side in both, with their places and how many values. */
  private void walk(Subvector other, Stretch each) {
    int there = 0;
    for (int row = 0; row < rows.length; ) {
      while (there < other.rows.length && other.rows[there] < rows[row]) {
        there++;
      }
      int from = row;
      int fromThere = there;
      while (row < rows.length && there < other.rows.length && rows[row] == other.rows[there]) {
        row++;
        there++;
      }
      if (row == from) {
        throw new IllegalArgumentException("row " + rows[row] + " of the table is missing");
      }
      each.at(other.offset(fromThere), offset(from), count(from, row));
    }
  }

  /** The parameter of the vector that a value is of. */
  public int parameter(int value) {
    int inTable = value - head() + before;
    if (value < head() || value >= values) {
      return Objects.checkIndex(value, values);
    }
    return (int) (start(inTable / table.width()) + inTable % table.width());
  }
}
