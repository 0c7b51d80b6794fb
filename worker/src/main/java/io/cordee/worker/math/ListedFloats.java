package io.cordee.worker.math;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Rows of floats as lists of non-zeros, by ascending feature. Takes eight bytes an entry.
 *
 * @param starts of each row, and the end of the last
 * @param rows the selected rows, in order; may repeat
 */
public record ListedFloats(int[] features, float[] values, int[] starts, int[] rows)
    implements RowLists {

  /** Of fewer than this part of all features, sorting is quicker than going through all. */
  private static final int FEW = 64;

  /**
   * Rows whose features are numbered anew, from 0.
   *
   * @param features what these were, ascending: all that some row has
   */
  public record Compact(ListedFloats rows, int[] features) {}

  /** In memory for what is listed alone. */
  public Compact compact() {
    int[] numbered = features.clone();
    int[] present = number(numbered);
    return new Compact(new ListedFloats(numbered, values, starts, rows), present);
  }

  /**
   * The same.
   *
   * @param width features that there are, for each of which there is memory
   */
  public Compact compact(int width) {
    int[] numbered = features.clone();
    int[] present = number(numbered, width);
    return new Compact(new ListedFloats(numbered, values, starts, rows), present);
  }

  private static int[] number(int[] features) {
    int[] all = IntStream.of(features).sorted().toArray();
    int[] present =
        IntStream.range(0, all.length)
            .filter(i -> i == 0 || all[i] != all[i - 1])
            .map(i -> all[i])
            .toArray();
    Arrays.setAll(features, i -> Arrays.binarySearch(present, features[i]));
    return present;
  }

  /** Numbers features below {@code width} anew, from 0; returns what they were, ascending. */
  public static int[] number(int[] features, int width) {
    if (features.length < width / FEW) {
      return number(features);
    }
    BitSet any = new BitSet(width);
    for (int feature : features) {
      any.set(feature);
    }
    int[] numbers = new int[width];
    int[] present = new int[any.cardinality()];
    int count = 0;
    for (int feature = any.nextSetBit(0); feature >= 0; feature = any.nextSetBit(feature + 1)) {
      numbers[feature] = count;
      present[count++] = feature;
    }
    Arrays.setAll(features, i -> numbers[features[i]]);
    return present;
  }

  public ListedFloats select(int[] chosen) {
    int[] meant = new int[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      meant[i] = rows[chosen[i]];
    }
    return new ListedFloats(features, values, starts, meant);
  }

  /** The chosen rows alone. */
  public ListedFloats copy(int[] chosen) {
    int[] from = new int[chosen.length + 1];
    for (int i = 0; i < chosen.length; i++) {
      int row = rows[chosen[i]];
      from[i + 1] = from[i] + starts[row + 1] - starts[row];
    }
    int[] taken = new int[from[chosen.length]];
    float[] theirs = new float[taken.length];
    for (int i = 0; i < chosen.length; i++) {
      int start = starts[rows[chosen[i]]];
      int length = from[i + 1] - from[i];
      System.arraycopy(features, start, taken, from[i], length);
      System.arraycopy(values, start, theirs, from[i], length);
    }
    return new ListedFloats(taken, theirs, from, IntStream.range(0, chosen.length).toArray());
  }

  /** Into [count, width], from index 0; {@code place} is that of the i-th row. */
  public void copy(int width, IntUnaryOperator place, int count, float[] into) {
    Arrays.fill(into, 0, count * width, 0);
    for (int i = 0; i < count; i++) {
      int row = rows[place.applyAsInt(i)];
      for (int p = starts[row]; p < starts[row + 1]; p++) {
        into[i * width + features[p]] = values[p];
      }
    }
  }

  @Override
  public long multiplied(int from, int count) {
    long multiplied = 0;
    for (int i = from; i < from + count; i++) {
      multiplied += starts[rows[i] + 1] - starts[rows[i]];
    }
    return multiplied;
  }

  @Override
  public void addSums(
      Kernels kernels,
      int from,
      int count,
      int width,
      float[] w,
      int at,
      float[] sums,
      int to,
      int apart) {
    for (int i = 0; i < count; i++) {
      int row = rows[from + i];
      kernels.gather(
          width, features, values, starts[row], starts[row + 1], w, at, sums, to + i * apart);
    }
  }

  @Override
  public void addGradient(
      Kernels kernels,
      int from,
      int count,
      int width,
      float[] errors,
      int at,
      int apart,
      float[] gradient,
      int to) {
    for (int i = 0; i < count; i++) {
      int row = rows[from + i];
      kernels.spread(
          width,
          features,
          values,
          starts[row],
          starts[row + 1],
          errors,
          at + i * apart,
          gradient,
          to);
    }
  }
}
