package io.cordee.common.reduce;

import io.cordee.common.kernel.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Part of a parameter vector, or of one of its chunks: everything before its {@link Table}, and
 * some of the table's rows, as far as they lie within. Values stand in the order of the vector, one
 * behind the other.
 */
public final class Subvector {

  private final Table table;
  private final int size;
  private final int[] rows;

  /** Of each matrix of the table that lies within the vector, in part at least. */
  private final List<Piece> pieces = new ArrayList<>();

  private final int values;

  /**
   * The rows of one matrix.
   *
   * @param from the index of the first one, {@code to} that behind the last
   * @param origin the parameter that row 0 would begin at if all were as wide
   * @param at where their values begin
   * @param before how much of the first row lies before the vector
   * @param end where their values end
   */
  private record Piece(int from, int to, long origin, int width, int at, int before, int end) {

    /** Where the values of a row begin; behind the last one as if that were whole. */
    int offset(int index) {
      return at + (index == from ? 0 : (index - from) * width - before);
    }

    /** The values from one row to another. */
    int count(int first, int last) {
      return Math.min(end, offset(last)) - offset(first);
    }

    /** The parameter that a row begins at, perhaps before the vector. */
    long start(int row) {
      return origin + (long) row * width;
    }
  }

  private Subvector(Table table, int size, int[] rows) {
    this.table = table;
    this.size = size;
    this.rows = rows;
    int at = head();
    int row = 0;
    long start = table.first();
    for (Table.Matrix matrix : table.matrices()) {
      if (start + matrix.size() > 0 && start < size) {
        Piece piece = piece(matrix, row, start, at);
        pieces.add(piece);
        at = piece.end();
      }
      start += matrix.size();
      row += matrix.rows();
    }
    values = at;
  }

  private Piece piece(Table.Matrix matrix, int firstRow, long firstParameter, int at) {
    int width = matrix.width();
    long origin = firstParameter - (long) firstRow * width;
    int from = lowest(rows, firstRow);
    int to = lowest(rows, firstRow + matrix.rows());
    if (from == to) {
      return new Piece(from, to, origin, width, at, 0, at);
    }
    int before = (int) Math.max(0, -(origin + (long) rows[from] * width));
    int behind = (int) Math.max(0, origin + (rows[to - 1] + 1L) * width - size);
    return new Piece(
        from, to, origin, width, at, before, at + (to - from) * width - before - behind);
  }

  /**
   * @param table its first parameter may be negative, in a vector that begins within the table
   * @param size parameters of the vector
   * @param rows ascending, not to be changed; those outside of the vector are left out
   */
  public static Subvector of(Table table, int size, int[] rows) {
    int from = lowest(rows, table.rowOf(0));
    int to = lowest(rows, table.rowOf(size - 1) + 1);
    boolean areAllWithin = from == 0 && to == rows.length;
    return new Subvector(table, size, areAllWithin ? rows : Arrays.copyOfRange(rows, from, to));
  }

  /** The index of the first row from this one on. */
  static int lowest(int[] rows, int row) {
    int at = Arrays.binarySearch(rows, row);
    return at < 0 ? -at - 1 : at;
  }

  /** Parameters before the table. */
  public int head() {
    return Math.max(0, Math.min(size, table.first()));
  }

  /** The row of the piece behind those from this one on that follow one another. */
  private int runFrom(Piece piece, int index) {
    int next = index + 1;
    while (next < piece.to() && rows[next] == rows[next - 1] + 1) {
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
    forEachRun((there, own, count) -> Vectors.copy(vector, there, into, own, count));
  }

  /** Its values, out of the whole vector. */
  public float[] taken(float[] vector) {
    float[] own = new float[values];
    take(vector, own);
    return own;
  }

  /** Puts its values into the whole vector; what it has not stays. */
  public void put(float[] own, float[] into) {
    System.arraycopy(own, 0, into, 0, head());
    forEachRun((there, from, count) -> Vectors.copy(own, from, into, there, count));
  }

  /** Calls for rows that stand side by side, with their places in the vector and here. */
  public void forEachRun(Stretch each) {
    for (Piece piece : pieces) {
      for (int row = piece.from(); row < piece.to(); ) {
        int end = runFrom(piece, row);
        int place = (int) Math.max(0, piece.start(rows[row]));
        each.at(place, piece.offset(row), piece.count(row, end));
        row = end;
      }
    }
  }

  /**
   * Takes its values out of those of another part, which has all of its rows.
   *
   * @throws IllegalArgumentException if that has not
   */
  public void take(Subvector other, float[] values, float[] into) {
    System.arraycopy(values, 0, into, 0, head());
    walk(other, (from, to, count) -> Vectors.copy(values, from, into, to, count));
  }

  /** Its values, out of those of another part; 0 for rows that that has not. */
  public float[] taken(Subvector other, float[] values) {
    Subvector both =
        with(IntStream.of(rows).filter(row -> Arrays.binarySearch(other.rows, row) >= 0).toArray());
    float[] shared = new float[both.values];
    both.take(other, values, shared);
    float[] own = new float[this.values];
    both.put(shared, this, own);
    return own;
  }

  /** Puts its values into those of another part, which has all of its rows. */
  public void put(float[] own, Subvector larger, float[] into) {
    System.arraycopy(own, 0, into, 0, head());
    walk(larger, (to, from, count) -> Vectors.copy(own, from, into, to, count));
  }

  /**
   * Adds the values of two parts, in each of which the rows of the other count as 0.
   *
   * @param into receives those of this part, which has the rows of both; may be {@code ofLeft} if
   *     the left one has them all
   */
  public void sum(Subvector left, float[] ofLeft, Subvector right, float[] ofRight, float[] into) {
    for (int i = 0; i < head(); i++) {
      into[i] = ofLeft[i] + ofRight[i];
    }
    for (int i = 0; i < pieces.size(); i++) {
      sum(pieces.get(i), new Cursor(left, i, ofLeft), new Cursor(right, i, ofRight), into);
    }
  }

  private void sum(Piece piece, Cursor left, Cursor right, float[] into) {
    int at = piece.at();
    for (int index = piece.from(); index < piece.to(); index++) {
      int count = piece.count(index, index + 1);
      boolean isLeft = left.isAt(rows[index]);
      boolean isRight = right.isAt(rows[index]);
      if (isLeft && isRight) {
        for (int i = 0; i < count; i++) {
          into[at + i] = left.values[left.at + i] + right.values[right.at + i];
        }
      } else if (isLeft || isRight) {
        Cursor one = isLeft ? left : right;
        for (int i = 0; i < count; i++) {
          into[at + i] = one.values[one.at + i] + 0f; // as the sum would be: never −0
        }
      }
      left.pass(isLeft, count);
      right.pass(isRight, count);
      at += count;
    }
    left.requireEnd();
    right.requireEnd();
  }

  /** Goes through the rows of one matrix. */
  private static final class Cursor {
    final int[] rows;
    final int end;
    final float[] values;
    int index;
    int at;

    Cursor(Subvector part, int piece, float[] values) {
      this.rows = part.rows;
      this.index = part.pieces.get(piece).from();
      this.end = part.pieces.get(piece).to();
      this.at = part.pieces.get(piece).at();
      this.values = values;
    }

    boolean isAt(int row) {
      return index < end && rows[index] == row;
    }

    void pass(boolean isThere, int count) {
      if (isThere) {
        index++;
        at += count;
      }
    }

    void requireEnd() {
      if (index < end) {
        throw new IllegalArgumentException("row " + rows[index] + " of the table is missing");
      }
    }
  }

  /** A run of values, with where it begins in something else and in this part. */
  @FunctionalInterface
  public interface Stretch {
    void at(int other, int own, int count);
  }

  /** Calls for rows that stand side by side in both, with their places and how many values. */
  private void walk(Subvector other, Stretch each) {
    for (int i = 0; i < pieces.size(); i++) {
      walk(pieces.get(i), other, other.pieces.get(i), each);
    }
  }

  private void walk(Piece piece, Subvector other, Piece others, Stretch each) {
    int there = others.from();
    for (int row = piece.from(); row < piece.to(); ) {
      while (there < others.to() && other.rows[there] < rows[row]) {
        there++;
      }
      int from = row;
      int fromThere = there;
      while (row < piece.to() && there < others.to() && rows[row] == other.rows[there]) {
        row++;
        there++;
      }
      if (row == from) {
        throw new IllegalArgumentException("row " + rows[row] + " of the table is missing");
      }
      each.at(others.offset(fromThere), piece.offset(from), piece.count(from, row));
    }
  }

  /** The parameter of the vector that a value is of. */
  public int parameter(int value) {
    for (Piece piece : pieces) {
      if (value >= piece.at() && value < piece.end()) {
        int inPiece = value - piece.at() + piece.before();
        int row = rows[piece.from() + inPiece / piece.width()];
        return (int) (piece.start(row) + inPiece % piece.width());
      }
    }
    return Objects.checkIndex(value, head());
  }
}
