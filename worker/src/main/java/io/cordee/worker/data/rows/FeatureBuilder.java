package io.cordee.worker.data.rows;

import io.cordee.common.model.ModelSpec;
import io.cordee.common.reduce.Table;
import io.cordee.worker.math.ListedFloats;
import io.cordee.worker.math.SingleIds;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Collects the features of rows, row by row. Those that are not put are 0. */
public interface FeatureBuilder extends FeatureSink {

  void endRow();

  Features build();

  final class Dense implements FeatureBuilder {

    private final String source;
    private final int width;
    private final float[] values;
    private int at;

    public Dense(String source, int rows, int width) {
      this.source = source;
      this.width = width;
      values = new float[Features.arrayLength(source, rows, width)];
    }

    @Override
    public void put(int feature, double value) {
      values[at + feature] = (float) value;
    }

    @Override
    public void endRow() {
      at += width;
    }

    @Override
    public Features build() {
      return new Features.Floats(width, values);
    }
  }

  interface Factory {
    FeatureBuilder make(String source, int rows, int width);
  }

  /** Makes those of rows that list what is not 0. */
  static Factory sparse(ModelSpec model) {
    return (source, rows, width) -> new Sparse(source, rows, width, model.table().isPresent());
  }

  /** Makes those of a table's rows; of a model with tables of ids, numbers come first. */
  static Factory ofTable(ModelSpec model) {
    return model.ids().isEmpty()
        ? Dense::new
        : (source, rows, width) ->
            new Ids(source, rows, width - model.fromTables(), model.table().orElseThrow());
  }

  /** Numbers, and behind them a feature for each row of the tables. */
  final class Ids implements FeatureBuilder {

    private final int width;
    private final Dense numbers;
    private final List<Sparse> ids;

    /** The row behind each table's last. */
    private final int[] ends;

    Ids(String source, int rows, int width, Table table) {
      this.width = width;
      numbers = new Dense(source, rows, width);
      ids = table.matrices().stream().map(it -> new Sparse(source, rows, 0, true)).toList();
      ends = table.matrices().stream().mapToInt(Table.Matrix::rows).toArray();
      Arrays.parallelPrefix(ends, Integer::sum);
    }

    @Override
    public void put(int feature, double value) {
      if (feature < width) {
        numbers.put(feature, value);
        return;
      }
      int table = 0;
      while (feature - width >= ends[table]) {
        table++;
      }
      ids.get(table).put(feature - width, value);
    }

    @Override
    public void endRow() {
      numbers.endRow();
      ids.forEach(FeatureBuilder::endRow);
    }

    @Override
    public Features build() {
      Features.Floats others = (Features.Floats) numbers.build();
      int columns = (int) ids.stream().filter(Sparse::isSingle).count();
      int rows = ids.get(0).row;
      int[] matrix = new int[Features.arrayLength(numbers.source, rows, columns)];
      IntBuffer shared = IntBuffer.wrap(matrix);
      List<Features.Sparse> tables = new ArrayList<>();
      int column = 0;
      for (Sparse table : ids) {
        Features.Sparse lists = Features.Sparse.compact(table.listed());
        if (table.isSingle()) {
          IntBuffer features = ((ListedFloats) lists.values()).features();
          for (int row = 0; row < rows; row++) {
            matrix[row * columns + column] = features.get(row);
          }
          SingleIds single = new SingleIds(shared, columns, column++);
          lists = new Features.Sparse(lists.width(), single, lists.inputs());
        }
        tables.add(lists);
      }
      return new Features.Ids(others, tables);
    }
  }

  /** Keeps only what is not 0; if too little is 0, builds dense rows instead, unless compact. */
  final class Sparse implements FeatureBuilder {

    /** Lists are slower where a larger share is not 0. */
    private static final double MOST = 0.25;

    private final String source;
    private final int width;
    private final boolean isCompact;
    private final int[] starts;
    private int[] features = new int[16];
    private float[] values = new float[16];
    private int count;
    private int row;

    /**
     * @param isCompact whether the features are to be only those that some row has
     */
    Sparse(String source, int rows, int width, boolean isCompact) {
      this.source = source;
      this.width = width;
      this.isCompact = isCompact;
      starts = new int[rows + 1];
    }

    /** Returns whether each row has one feature, with value 1. */
    private boolean isSingle() {
      return IntStream.rangeClosed(0, row).allMatch(i -> starts[i] == i)
          && IntStream.range(0, row).allMatch(i -> values[i] == 1);
    }

    @Override
    public void put(int feature, double exact) {
      float value = (float) exact;
      if (value == 0) {
        return;
      }
      if (count == features.length) {
        int longer = (int) Math.min(2L * count, Features.MAX_ELEMENTS);
        if (longer == count) {
          throw new DataException(
              "%s has more than %d features that are not 0 in one partition; raise partitions",
              source, count);
        }
        features = Arrays.copyOf(features, longer);
        values = Arrays.copyOf(values, longer);
      }
      int at = count++;
      for (; at > starts[row] && features[at - 1] > feature; at--) {
        features[at] = features[at - 1];
        values[at] = values[at - 1];
      }
      features[at] = feature;
      values[at] = value;
    }

    @Override
    public void endRow() {
      starts[++row] = count;
    }

    @Override
    public Features build() {
      if (isCompact) {
        return Features.Sparse.compact(listed());
      }
      if (count <= MOST * row * width) {
        return new Features.Sparse(width, listed(), Optional.empty());
      }
      float[] dense = new float[Features.arrayLength(source, row, width)];
      new ListedFloats(starts, features, values).copy(width, i -> i, row, dense);
      return new Features.Floats(width, dense);
    }

    private ListedFloats listed() {
      return new ListedFloats(
          Arrays.copyOf(starts, row + 1),
          Arrays.copyOf(features, count),
          Arrays.copyOf(values, count));
    }
  }
}
