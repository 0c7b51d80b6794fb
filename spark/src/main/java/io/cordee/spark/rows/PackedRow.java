package io.cordee.spark.rows;

import io.cordee.worker.data.ExternalRows;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.spark.ml.linalg.Vector;

/**
 * A row as bytes, the same for the same numbers, whether its vector was dense or sparse: the label
 * (a double), the number of features, how many of them are listed, and those: as index and float
 * where most are 0, as floats otherwise. Little-endian.
 */
final class PackedRow {

  private static final int HEADER = Double.BYTES + 2 * Integer.BYTES;
  private static final int ALL = -1;

  private PackedRow() {}

  /**
   * Packs a row.
   *
   * @param label NaN if it is missing
   * @param features null if they are missing
   */
  static byte[] pack(double label, Vector features) {
    float[] values = values(features);
    int listed = 0;
    for (float value : values) {
      listed += value != 0 ? 1 : 0;
    }
    boolean isSparse = 2L * listed < values.length;
    int bytes = isSparse ? listed * (Integer.BYTES + Float.BYTES) : values.length * Float.BYTES;
    ByteBuffer row = ByteBuffer.allocate(HEADER + bytes).order(ByteOrder.LITTLE_ENDIAN);
    row.putDouble(label + 0.0).putInt(values.length).putInt(isSparse ? listed : ALL);
    for (int i = 0; i < values.length; i++) {
      if (isSparse && values[i] != 0) {
        row.putInt(i).putFloat(values[i]);
      } else if (!isSparse) {
        row.putFloat(values[i] + 0f); // −0 is 0
      }
    }
    return row.array();
  }

  private static float[] values(Vector features) {
    float[] values = new float[features == null ? 0 : features.size()];
    if (features != null) {
      double[] exact = features.toArray();
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) exact[i];
      }
    }
    return values;
  }

  /** What is packed at a buffer's position, which is moved past it. */
  static double unpack(ByteBuffer row, ExternalRows.Sink into) {
    double label = row.getDouble();
    int width = row.getInt();
    int listed = row.getInt();
    for (int i = 0; i < (listed == ALL ? width : listed); i++) {
      int index = listed == ALL ? i : row.getInt();
      into.feature(index, row.getFloat());
    }
    return label;
  }

  static double label(byte[] row) {
    return header(row).getDouble(0);
  }

  static int features(byte[] row) {
    return header(row).getInt(Double.BYTES);
  }

  /** How many features are not 0, or may be. */
  static int listed(byte[] row) {
    int listed = header(row).getInt(Double.BYTES + Integer.BYTES);
    return listed == ALL ? features(row) : listed;
  }

  private static ByteBuffer header(byte[] row) {
    return ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The first feature that is not finite, if any: its index, or −1. */
  static int firstNotFinite(byte[] row) {
    int[] first = {-1};
    unpack(
        header(row),
        new ExternalRows.Sink() {
          @Override
          public void feature(int index, double value) {
            if (first[0] < 0 && !Double.isFinite(value)) {
              first[0] = index;
            }
          }

          @Override
          public void target(int column, double value) {}

          @Override
          public void endRow() {}
        });
    return first[0];
  }
}
