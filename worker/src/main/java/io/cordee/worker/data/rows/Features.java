package io.cordee.worker.data.rows;

import io.cordee.common.kernel.Xxh64;
import io.cordee.worker.math.ByteScale;
import io.cordee.worker.math.ListedBytes;
import io.cordee.worker.math.RowLists;
import io.cordee.worker.math.SparseRows;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The features of some rows, in memory or mapped. Immutable once read. */
public sealed interface Features {

  /** Elements that one array can hold, a little below the JVM's limit. */
  int MAX_ELEMENTS = Integer.MAX_VALUE - 16;

  int width();

  /** Writes some rows as [count, width], from index 0; {@code row} is the index of the i-th. */
  void copy(IntUnaryOperator row, int count, float[] into);

  /** Writes rows {@code from} to {@code from + count} as [count, width], from index 0. */
  default void copy(int from, int count, float[] into) {
    copy(i -> from + i, count, into);
  }

  /** Of what is kept. */
  long checksum();

  /** What they take of the heap. */
  long bytes();

  /** Some of the rows, in a given order, if they are lists; others are only copied. */
  default Optional<Features> select(int[] chosen) {
    return Optional.empty();
  }

  /** As lists, if they multiply fastest that way. Slow to make for bytes. */
  default Optional<SparseRows> sparse() {
    return Optional.empty();
  }

  /**
   * @throws DataException if there are too many for one array
   */
  static int arrayLength(String source, int rows, int width) {
    long elements = (long) rows * width;
    if (elements > MAX_ELEMENTS) {
      throw new DataException(
          "%d rows of %d features from %s are too many for one partition; raise partitions so"
              + " that each has at most %d rows",
          rows, width, source, MAX_ELEMENTS / width);
    }
    return (int) elements;
  }

  /**
   * @throws DataException if features cannot be divided by this scale
   */
  static void requireScale(double scale, String source) {
    if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
      throw new DataException(
          source + ": expected a scale that is positive and finite; found " + scale);
    }
  }

  /**
   * Features that a gradient function holds itself.
   *
   * @param checksum of rows with their targets; 0 if nobody tells
   */
  record Elsewhere(long checksum) implements Features {

    @Override
    public int width() {
      return 0;
    }

    @Override
    public void copy(IntUnaryOperator row, int count, float[] into) {}

    @Override
    public long bytes() {
      return 0;
    }
  }

  /**
   * Unsigned bytes, a quarter of the size of floats, scaled when copied.
   *
   * @param values in an array of their own, or mapped
   * @param section where they are, if mapped
   */
  record Bytes(int width, ByteBuffer values, ByteScale scale, Optional<FileSection> section)
      implements Features {

    byte[] array() {
      if (values.hasArray()) {
        return values.array();
      }
      byte[] read = new byte[values.capacity()];
      values.get(0, read);
      return read;
    }

    @Override
    public long checksum() {
      byte[] all = array();
      long[] words = new long[(all.length + Long.BYTES - 1) / Long.BYTES];
      ByteBuffer padded = ByteBuffer.wrap(Arrays.copyOf(all, words.length * Long.BYTES));
      padded.asLongBuffer().get(words);
      return Xxh64.hash(words);
    }

    @Override
    public long bytes() {
      return values.hasArray() ? values.capacity() : 0;
    }

    @Override
    public Optional<SparseRows> sparse() {
      return ListedBytes.of(array(), values.capacity() / width, width, scale).map(lists -> lists);
    }

    @Override
    public void copy(IntUnaryOperator row, int count, float[] into) {
      scale.copy(values, width, row, count, into);
    }

    @Override
    public void copy(int from, int count, float[] into) {
      FloatBuffer all = FloatBuffer.wrap(into);
      boolean isRead =
          section.isPresent()
              && section.get().read(from * width, count * width, it -> scale.copy(it, all));
      if (!isRead) {
        copy(i -> from + i, count, into);
      }
    }
  }

  /**
   * Floats, scaled when read.
   *
   * @param values in an array of their own, or mapped
   * @param section where they are, if mapped
   */
  record Floats(int width, FloatBuffer values, Optional<FileSection> section) implements Features {

    public Floats(int width, float[] values) {
      this(width, FloatBuffer.wrap(values), Optional.empty());
    }

    static float[] array(FloatBuffer values) {
      if (values.hasArray()) {
        return values.array();
      }
      float[] read = new float[values.capacity()];
      values.get(0, read);
      return read;
    }

    @Override
    public long checksum() {
      return Xxh64.hash(array(values), 0, values.capacity());
    }

    @Override
    public long bytes() {
      return values.hasArray() ? (long) Float.BYTES * values.capacity() : 0;
    }

    @Override
    public void copy(IntUnaryOperator row, int count, float[] into) {
      for (int i = 0; i < count; i++) {
        values.get(row.applyAsInt(i) * width, into, i * width, width);
      }
    }

    @Override
    public void copy(int from, int count, float[] into) {
      FloatBuffer all = FloatBuffer.wrap(into);
      int bytes = Float.BYTES * width;
      boolean isRead =
          section.isPresent()
              && section.get().read(from * bytes, count * bytes, it -> all.put(it.asFloatBuffer()));
      if (!isRead) {
        values.get(from * width, into, 0, count * width);
      }
    }
  }

  /** Which of the model's inputs, or rows of its table, these are, ascending; empty if all. */
  default Optional<int[]> touched() {
    return Optional.empty();
  }

  /** Of ids: the rows of each table as lists. */
  default List<RowLists> tables() {
    return List.of();
  }

  /**
   * Beside numbers, lists of a table's rows for each of some tables.
   *
   * @param numbers floats, or {@link Elsewhere}
   * @param ids their features are numbers of rows, through all tables
   * @param touched those that some row has, of all tables
   */
  record Ids(Features numbers, List<Sparse> ids, Optional<int[]> touched) implements Features {

    Ids(Features numbers, List<Sparse> ids) {
      this(
          numbers,
          ids,
          Optional.of(
              ids.stream().flatMapToInt(table -> IntStream.of(table.touched().get())).toArray()));
    }

    @Override
    public int width() {
      return numbers.width();
    }

    @Override
    public void copy(IntUnaryOperator row, int count, float[] into) {
      numbers.copy(row, count, into);
    }

    @Override
    public long checksum() {
      LongStream ofIds = ids.stream().mapToLong(Features::checksum);
      return Xxh64.hash(LongStream.concat(LongStream.of(numbers.checksum()), ofIds).toArray());
    }

    @Override
    public long bytes() {
      long held = numbers.bytes() + ids.stream().mapToLong(Features::bytes).sum();
      return held == 0 ? 0 : held + (long) Integer.BYTES * touched.get().length; // 0 if mapped
    }

    @Override
    public List<RowLists> tables() {
      return ids.stream().map(table -> table.values()).toList();
    }

    @Override
    public Optional<Features> select(int[] chosen) {
      float[] own = new float[chosen.length * width()];
      numbers.copy(i -> chosen[i], chosen.length, own);
      List<Sparse> theirs = ids.stream().map(table -> table.chosen(chosen)).toList();
      return Optional.of(new Ids(new Floats(width(), own), theirs));
    }
  }

  /**
   * Floats of which most are zero, scaled when read; only the others are kept.
   *
   * @param width features, of those of the model that some row has, if these are given
   * @param inputs the model's inputs that some row has, where these alone are features
   */
  record Sparse(int width, RowLists values, Optional<IntBuffer> inputs) implements Features {

    /** Numbers anew the features that some row has. */
    static Sparse compact(RowLists rows) {
      return of(rows.compact(Long.MAX_VALUE), feature -> feature);
    }

    /**
     * @param input the one of the model's that a feature was
     */
    private static Sparse of(RowLists.Compact rows, IntUnaryOperator input) {
      int[] inputs = IntStream.of(rows.features()).map(input).toArray();
      return new Sparse(inputs.length, rows.rows(), Optional.of(IntBuffer.wrap(inputs)));
    }

    @Override
    public Optional<int[]> touched() {
      return inputs.map(
          all -> {
            int[] read = new int[all.capacity()];
            all.get(0, read);
            return read;
          });
    }

    /** Of compact ones, with only the features that these have. */
    @Override
    public Optional<Features> select(int[] chosen) {
      return Optional.of(chosen(chosen));
    }

    private Sparse chosen(int[] chosen) {
      RowLists some = values.take(i -> chosen[i], chosen.length);
      return inputs
          .map(known -> of(some.compact(width), known::get))
          .orElseGet(() -> new Sparse(width, some, inputs));
    }

    @Override
    public long bytes() {
      long held = values.bytes();
      return held == 0
          ? 0
          : held + Integer.BYTES * (long) inputs.map(IntBuffer::capacity).orElse(0);
    }

    @Override
    public long checksum() {
      LongStream its = LongStream.of(values.checksum());
      LongStream ofInputs =
          touched().stream().flatMapToLong(all -> IntStream.of(all).asLongStream());
      return Xxh64.hash(LongStream.concat(its, ofInputs).toArray());
    }

    @Override
    public Optional<SparseRows> sparse() {
      return Optional.of(values);
    }

    @Override
    public void copy(IntUnaryOperator row, int count, float[] into) {
      values.copy(width, row, count, into);
    }
  }
}
