package io.cordee.worker.data;

import io.cordee.worker.math.ListedFloats;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Takes the features of rows, one row after the other. Those that are not put are 0. */
interface FeatureBuilder {

  /** A row's next feature, in any order. */
  void put(int feature, float value);

  /** The row is complete. */
  void endRow();

  /** All rows are. */
  Features build();

  /** Keeps all of them. */
  final class Dense implements FeatureBuilder {

    private final int width;
    private final float[] values;
    private int at;

    Dense(String source, int rows, int width) {
      this.width = width;
      values = new float[Features.arrayLength(source, rows, width)];
    }

    @Override
    public void put(int feature, float value) {
      values[at + feature] = value;
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

  /** Keeps what is not 0, until so little is 0 that it pays to keep all. */
  final class Sparse implements FeatureBuilder {

    /** Lists are slower where a larger share is not 0. */
    private static final double MOST = 0.25;

    private final String source;
    private final int width;
    private final int[] starts;
    private int[] features = new int[1024];
    private float[] values = new float[1024];
    private int count;
    private int row;

    Sparse(String source, int rows, int width) {
      this.source = source;
      this.width = width;
      starts = new int[rows + 1];
    }

    @Override
    public void put(int feature, float value) {
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
      int[] all = IntStream.range(0, row).toArray();
      ListedFloats lists =
          new ListedFloats(
              Arrays.copyOf(features, count), Arrays.copyOf(values, count), starts, all);
      if (count <= MOST * row * width) {
        return new Features.Sparse(width, lists);
      }
      float[] dense = new float[Features.arrayLength(source, row, width)];
      lists.copy(0, row, width, dense, 0);
      return new Features.Floats(width, dense);
    }
  }
}
