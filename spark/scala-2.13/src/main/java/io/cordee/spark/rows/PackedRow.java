package io.cordee.spark.rows;

import io.cordee.worker.data.rows.ExternalRows;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.spark.ml.linalg.SparseVector;
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
   * @param label NaN if it is missing
   * @param features null if they are missing
   */
  static byte[] pack(double label, Vector features) {
    return features instanceof SparseVector sparse
        ? pack(label, sparse.size(), sparse.indices(), sparse.values())
        : packDense(label, features == null ? new double[0] : features.toArray());
  }

  private static byte[] packDense(double label, double[] values) {
    int[] indices = new int[values.length];
    Arrays.setAll(indices, i -> i);
    return pack(label, values.length, indices, values);
  }

  /**
   * @param indices ascending; features that are not among them are 0
   */
  private static byte[] pack(double label, int width, int[] indices, double[] values) {
    int listed = 0;
    for (double value : values) {
      listed += (float) value != 0 ? 1 : 0;
    }
    boolean isSparse = 2L * listed < width;
    int bytes = isSparse ? listed * (Integer.BYTES + Float.BYTES) : width * Float.BYTES;
    ByteBuffer row = ByteBuffer.allocate(HEADER + bytes).order(ByteOrder.LITTLE_ENDIAN);
    row.putDouble(label + 0.0).putInt(width).putInt(isSparse ? listed : ALL); // −0 is 0
    for (int i = 0; i < values.length; i++) {
      float value = (float) values[i];
      if (value != 0 && isSparse) {
        row.putInt(indices[i]).putFloat(value);
      } else if (value != 0) {
        row.putFloat(HEADER + indices[i] * Float.BYTES, value);
      }
    }
    return row.array();
  }

  /** Unpacks the row at a buffer's position, which is moved past it. */
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

  static void skip(ByteBuffer row) {
    int width = row.getInt(row.position() + Double.BYTES);
    int listed = row.getInt(row.position() + Double.BYTES + Integer.BYTES);
    int bytes = listed == ALL ? width * Float.BYTES : listed * (Integer.BYTES + Float.BYTES);
    row.position(row.position() + HEADER + bytes);
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
