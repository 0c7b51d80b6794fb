package io.cordee.worker.math;

import io.cordee.common.kernel.Xxh64;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Rows of floats as lists of non-zeros, by ascending feature, in arrays of their own or mapped.
 * Takes eight bytes an entry. Threads may share it.
 *
 * @param starts of each row, and the end of the last
 */
public record ListedFloats(IntBuffer starts, IntBuffer features, FloatBuffer values)
    implements RowLists {

  /** Of fewer than this part of all features, sorting is quicker than going through all. */
  private static final int FEW = 64;

  /** Some rows and, in arrays, the lists that have them from row {@code at} on. */
  private record Block(ListedFloats from, int first, int count, ListedFloats lists, int at) {}

  /**
   * What a thread took of mapped rows last: a block is multiplied several times, one after the
   * other.
   */
  private static final ThreadLocal<Block> LATEST = new ThreadLocal<>();

  public ListedFloats(int[] starts, int[] features, float[] values) {
    this(IntBuffer.wrap(starts), IntBuffer.wrap(features), FloatBuffer.wrap(values));
  }

  @Override
  public Compact compact(long width) {
    int[] numbered = new int[features.capacity()];
    features.get(0, numbered);
    int[] present = number(numbered, width);
    return new Compact(new ListedFloats(starts, IntBuffer.wrap(numbered), values), present);
  }

  /** Numbers features below {@code width} anew, from 0; returns what they were, ascending. */
  public static int[] number(int[] features, long width) {
    if (features.length < width / FEW) {
      int[] all = IntStream.of(features).sorted().toArray();
      int[] present =
          IntStream.range(0, all.length)
              .filter(i -> i == 0 || all[i] != all[i - 1])
              .map(i -> all[i])
              .toArray();
      Arrays.setAll(features, i -> Arrays.binarySearch(present, features[i]));
      return present;
    }
    BitSet any = new BitSet((int) width);
    for (int feature : features) {
      any.set(feature);
    }
    int[] numbers = new int[(int) width];
    int[] present = new int[any.cardinality()];
    int count = 0;
    for (int feature = any.nextSetBit(0); feature >= 0; feature = any.nextSetBit(feature + 1)) {
      numbers[feature] = count;
      present[count++] = feature;
    }
    Arrays.setAll(features, i -> numbers[features[i]]);
    return present;
  }

  @Override
  public ListedFloats take(IntUnaryOperator row, int count) {
    int[] from = new int[count + 1];
    for (int i = 0; i < count; i++) {
      from[i + 1] = from[i] + length(row.applyAsInt(i));
    }
    int[] ids = new int[from[count]];
    float[] theirs = new float[ids.length];
    for (int i = 0; i < count; i++) {
      int start = starts.get(row.applyAsInt(i));
      features.get(start, ids, from[i], from[i + 1] - from[i]);
      values.get(start, theirs, from[i], from[i + 1] - from[i]);
    }
    return new ListedFloats(from, ids, theirs);
  }

  private int length(int row) {
    return starts.get(row + 1) - starts.get(row);
  }

  private Block block(int first, int count) {
    if (starts.hasArray()) {
      return new Block(this, first, count, this, first);
    }
    Block latest = LATEST.get();
    if (latest == null || latest.from != this || latest.first != first || latest.count != count) {
      latest = new Block(this, first, count, take(i -> first + i, count), 0);
      LATEST.set(latest);
    }
    return latest;
  }

  @Override
  public long checksum() {
    int[] all = new int[features.capacity() + starts.capacity()];
    features.get(0, all, 0, features.capacity());
    starts.get(0, all, features.capacity(), starts.capacity());
    float[] theirs = new float[values.capacity()];
    values.get(0, theirs);
    long ofValues = Xxh64.hash(theirs, 0, theirs.length);
    return Xxh64.hash(
        LongStream.concat(LongStream.of(ofValues), IntStream.of(all).asLongStream()).toArray());
  }

  @Override
  public long bytes() {
    long held = 2L * features.capacity() + starts.capacity();
    return starts.hasArray() ? Integer.BYTES * held : 0;
  }

  @Override
  public void copy(int width, IntUnaryOperator row, int count, float[] into) {
    Arrays.fill(into, 0, count * width, 0);
    for (int i = 0; i < count; i++) {
      int from = row.applyAsInt(i);
      for (int p = starts.get(from); p < starts.get(from + 1); p++) {
        into[i * width + features.get(p)] = values.get(p);
      }
    }
  }

  @Override
  public long multiplied(int from, int count) {
    return starts.get(from + count) - starts.get(from);
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
      int row) {
    Block block = block(from, count);
    for (int i = 0; i < count; i++) {
      kernels.gather(
          width,
          block.lists.features.array(),
          block.lists.values.array(),
          block.lists.starts.get(block.at + i),
          block.lists.starts.get(block.at + i + 1),
          w,
          at,
          sums,
          to + i * row);
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
      int row,
      float[] gradient,
      int to) {
    Block block = block(from, count);
    for (int i = 0; i < count; i++) {
      kernels.spread(
          width,
          block.lists.features.array(),
          block.lists.values.array(),
          block.lists.starts.get(block.at + i),
          block.lists.starts.get(block.at + i + 1),
          errors,
          at + i * row,
          gradient,
          to);
    }
  }
}
