package io.cordee.worker.data.rows;

import io.cordee.common.job.data.Split;
import io.cordee.common.kernel.Xxh64;
import io.cordee.common.random.SplitMix64;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Which rows are held out: of each stratum its shares, rounded to whole rows and leaving at least
 * one, drawn without replacement; if that leaves validation or test empty, drawn from all rows
 * together. A function of the rows' number and strata and of the split alone.
 *
 * <p>Source: selection sampling, D. E. Knuth, The Art of Computer Programming, volume 2, 3.4.2,
 * algorithm S, with one stream of random numbers for all strata, in the order of the rows.
 *
 * @param rows their total number
 */
public record HeldOut(int rows, BitSet validation, BitSet test) {

  /**
   * @param strata the number of each row's stratum, from 0
   * @param name of the rows, for messages
   * @throws DataException if validation, test or training rows would be empty
   */
  public static HeldOut of(int[] strata, Split split, String name) {
    HeldOut drawn = draw(strata, split);
    boolean isNone =
        drawn.validation.isEmpty() && split.validation() > 0
            || drawn.test.isEmpty() && split.hasTest();
    if (isNone && Arrays.stream(strata).anyMatch(stratum -> stratum > 0)) {
      return of(new int[strata.length], split, name);
    }
    if (isNone) {
      boolean isTest = drawn.test.isEmpty() && split.hasTest();
      throw new DataException(
          "%s: a share of %s of its %d rows leaves none to %s on",
          name,
          isTest ? split.folds() > 0 ? "1/" + split.folds() : split.test() : split.validation(),
          strata.length,
          isTest ? "test" : "validate");
    }
    if (drawn.train().isEmpty()) {
      throw new DataException(
          "%s: shares of %s and %s of its %d rows leave none to train on",
          name, split.validation(), split.test(), strata.length);
    }
    return drawn;
  }

  private static HeldOut draw(int[] strata, Split split) {
    BitSet fold = split.folds() > 0 ? fold(strata, split) : new BitSet();
    int count = Arrays.stream(strata).max().orElse(-1) + 1;
    int[] left = new int[count];
    for (int row = 0; row < strata.length; row++) {
      left[strata[row]] += fold.get(row) ? 0 : 1;
    }
    int[] tests = new int[count];
    int[] validations = new int[count];
    for (int s = 0; s < count; s++) {
      tests[s] = Math.min(Math.max(0, left[s] - 1), (int) Math.round(split.test() * left[s]));
      validations[s] =
          Math.min(
              Math.max(0, left[s] - 1) - tests[s], (int) Math.round(split.validation() * left[s]));
    }
    SplitMix64 random = new SplitMix64(split.seed());
    HeldOut drawn = new HeldOut(strata.length, new BitSet(), fold);
    for (int row = 0; row < strata.length; row++) {
      int stratum = strata[row];
      if (fold.get(row)) {
        continue;
      }
      int draw = random.nextInt(left[stratum]--);
      if (draw < tests[stratum]) {
        drawn.test.set(row);
        tests[stratum]--;
      } else if (draw < tests[stratum] + validations[stratum]) {
        drawn.validation.set(row);
        validations[stratum]--;
      }
    }
    return drawn;
  }

  /**
   * One of the folds: the rows of each stratum are shuffled, and dealt out to the folds in turn,
   * one stratum after the other.
   */
  private static BitSet fold(int[] strata, Split split) {
    SplitMix64 random = new SplitMix64(split.seed());
    int[] order = IntStream.range(0, strata.length).toArray();
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int row = order[i];
      order[i] = order[j];
      order[j] = row;
    }
    int[] dealt =
        Arrays.stream(order)
            .boxed()
            .sorted(Comparator.comparingInt(row -> strata[row])) // stable
            .mapToInt(row -> row)
            .toArray();
    BitSet fold = new BitSet(strata.length);
    for (int i = split.fold() - 1; i < dealt.length; i += split.folds()) {
      fold.set(dealt[i]);
    }
    return fold;
  }

  public static BitSet within(BitSet part, BitSet rows) {
    BitSet ofFile = new BitSet(part.length());
    int row = 0;
    for (int at = part.nextSetBit(0); at >= 0; at = part.nextSetBit(at + 1)) {
      ofFile.set(at, rows.get(row++));
    }
    return ofFile;
  }

  BitSet train() {
    BitSet train = new BitSet(rows);
    train.set(0, rows);
    train.andNot(validation);
    train.andNot(test);
    return train;
  }

  /** Differs if other rows are held out. */
  public String words() {
    long[] bits =
        validation.isEmpty()
            ? test.toLongArray()
            : LongStream.concat(
                    LongStream.of(validation.toLongArray()),
                    LongStream.concat(LongStream.of(rows), LongStream.of(test.toLongArray())))
                .toArray();
    String counts =
        validation.isEmpty()
            ? Integer.toString(test.cardinality())
            : validation.cardinality() + " and " + test.cardinality();
    return "%s of %d rows held out, checksum %016x".formatted(counts, rows, Xxh64.hash(bits));
  }
}
