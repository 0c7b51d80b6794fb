package io.cordee.common.measure;

import java.util.Arrays;

/**
 * How many rows of two classes have which output: what the area under the ROC curve takes. It is
 * exact up to {@value #MOST} different outputs; of more, those that agree in their leading bits are
 * held to be equal.
 *
 * <p>Source: J. A. Hanley, B. J. McNeil, The meaning and use of the area under a receiver operating
 * characteristic (ROC) curve, Radiology 143, 1982.
 *
 * @param dropped how many of an output's last bits do not count
 * @param keys the outputs as whole numbers in the same order, without these bits, rising; not
 *     copied and not to be written, like the others
 * @param zeros rows of class 0 with this output
 * @param ones rows of class 1
 */
public record Ranking(int dropped, int[] keys, long[] zeros, long[] ones) {

  /** Different outputs at most. */
  static final int MOST = 1 << 14;

  private static final int BITS = 32;

  /** Dropping this many bits leaves at most {@link #MOST} keys. */
  private static final int MOST_DROPPED = BITS - 14;

  /** Of rows with these outputs for class 1, and whether each is of class 1. */
  public static Ranking of(float[] outputs, boolean[] isOne) {
    long[] sorted = new long[outputs.length];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = ((long) key(outputs[i]) << 1) | (isOne[i] ? 1 : 0);
    }
    Arrays.sort(sorted);
    Ranking all = new Ranking(0, new int[sorted.length], counts(sorted, 0), counts(sorted, 1));
    for (int i = 0; i < sorted.length; i++) {
      all.keys[i] = (int) (sorted[i] >> 1);
    }
    return all.merged(0).coarse();
  }

  private static long[] counts(long[] sorted, int label) {
    return Arrays.stream(sorted).map(row -> (row & 1) == label ? 1 : 0).toArray();
  }

  /** In the order of the numbers; −0 is 0, and NaN is above all others. */
  private static int key(float output) {
    int bits = Float.floatToIntBits(output + 0f);
    return bits ^ ((bits >> (BITS - 1)) & Integer.MAX_VALUE);
  }

  /** The smallest number with this key. */
  double lowest(int key) {
    int bits = key << dropped;
    return Float.intBitsToFloat(bits ^ ((bits >> (BITS - 1)) & Integer.MAX_VALUE));
  }

  Ranking plus(Ranking other) {
    int common = Math.max(dropped, other.dropped);
    int length = keys.length + other.keys.length;
    Ranking both = new Ranking(common, new int[length], new long[length], new long[length]);
    int left = 0;
    int right = 0;
    for (int i = 0; i < length; i++) {
      boolean isLeft =
          right == other.keys.length
              || left < keys.length && shifted(left, common) <= other.shifted(right, common);
      Ranking from = isLeft ? this : other;
      int at = isLeft ? left++ : right++;
      both.keys[i] = from.shifted(at, common);
      both.zeros[i] = from.zeros[at];
      both.ones[i] = from.ones[at];
    }
    return both.merged(0).coarse();
  }

  private int shifted(int at, int toDropped) {
    return keys[at] >> (toDropped - dropped);
  }

  private Ranking coarse() {
    return keys.length <= MOST ? this : merged(1).coarse();
  }

  /** Drops this many more bits, and merges equal keys. */
  private Ranking merged(int bits) {
    int[] fewer = new int[keys.length];
    long[] lessZeros = new long[keys.length];
    long[] lessOnes = new long[keys.length];
    int length = 0;
    for (int i = 0; i < keys.length; i++) {
      int key = keys[i] >> bits;
      if (length == 0 || fewer[length - 1] != key) {
        fewer[length++] = key;
      }
      lessZeros[length - 1] += zeros[i];
      lessOnes[length - 1] += ones[i];
    }
    return new Ranking(
        dropped + bits,
        Arrays.copyOf(fewer, length),
        Arrays.copyOf(lessZeros, length),
        Arrays.copyOf(lessOnes, length));
  }

  /**
   * The chance that a row of class 1 has a larger output than one of class 0, equal ones counting
   * half; NaN if there are none of one class, or outputs that are no numbers.
   */
  public double auc() {
    if (keys.length == 0 || keys[keys.length - 1] > (key(Float.POSITIVE_INFINITY) >> dropped)) {
      return Double.NaN;
    }
    double won = 0;
    double zerosBelow = 0;
    double allOnes = 0;
    for (int i = 0; i < keys.length; i++) {
      won += ones[i] * (zerosBelow + zeros[i] / 2.0);
      zerosBelow += zeros[i];
      allOnes += ones[i];
    }
    return won / (allOnes * zerosBelow);
  }

  /**
   * @throws IllegalArgumentException if it cannot stem from this many rows of each class
   */
  void check(long rowsOfZero, long rowsOfOne) {
    boolean isSound =
        dropped >= 0
            && dropped <= MOST_DROPPED
            && keys.length <= MOST
            && zeros.length == keys.length
            && ones.length == keys.length
            && Arrays.stream(zeros).allMatch(count -> count >= 0 && count <= rowsOfZero)
            && Arrays.stream(ones).allMatch(count -> count >= 0 && count <= rowsOfOne)
            && Arrays.stream(zeros).sum() == rowsOfZero
            && Arrays.stream(ones).sum() == rowsOfOne;
    for (int i = 0; isSound && i < keys.length; i++) {
      isSound = zeros[i] + ones[i] > 0 && (i == 0 || keys[i - 1] < keys[i]);
    }
    if (!isSound) {
      throw new IllegalArgumentException(
          "expected a ranking of %d and %d rows by rising outputs; found %d outputs of %d and %d rows"
              .formatted(
                  rowsOfZero,
                  rowsOfOne,
                  keys.length,
                  Arrays.stream(zeros).sum(),
                  Arrays.stream(ones).sum()));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ranking that
        && dropped == that.dropped
        && Arrays.equals(keys, that.keys)
        && Arrays.equals(zeros, that.zeros)
        && Arrays.equals(ones, that.ones);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(keys);
  }

  @Override
  public String toString() {
    return "dropped %s, keys %s, zeros %s, ones %s"
        .formatted(dropped, Arrays.toString(keys), Arrays.toString(zeros), Arrays.toString(ones));
  }
}
