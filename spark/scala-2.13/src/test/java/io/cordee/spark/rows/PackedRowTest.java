package io.cordee.spark.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.worker.data.rows.ExternalRows;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.junit.jupiter.api.Test;

final class PackedRowTest {

  private static float[] unpacked(byte[] row) {
    float[] features = new float[PackedRow.features(row)];
    PackedRow.unpack(
        ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN),
        new ExternalRows.Sink() {
          @Override
          public void feature(int index, double value) {
            features[index] = (float) value;
          }

          @Override
          public void target(int column, double value) {}

          @Override
          public void endRow() {}
        });
    return features;
  }

  @Test
  void denseAndSparseVectorsOfTheSameNumbersPackToTheSameBytes() {
    Vector sparse = Vectors.sparse(6, new int[] {1, 4}, new double[] {0.5, -2});
    assertArrayEquals(PackedRow.pack(3, sparse.toDense()), PackedRow.pack(3, sparse));
    Vector full = Vectors.dense(1, 2, 0, -0.0);
    assertArrayEquals(PackedRow.pack(3, full.toSparse()), PackedRow.pack(3, full));
  }

  @Test
  void aPackedRowIsReadAgain() {
    for (double[] numbers : new double[][] {{0, 0, 0, 7}, {1, 2.5, 0, -1e10}, {0}}) {
      byte[] row = PackedRow.pack(2, Vectors.dense(numbers));
      float[] expected = new float[numbers.length];
      for (int i = 0; i < numbers.length; i++) {
        expected[i] = (float) numbers[i];
      }
      assertArrayEquals(expected, unpacked(row));
      assertEquals(2, PackedRow.label(row));
    }
  }

  @Test
  void whatDoesNotFitAFloatIsFound() {
    assertEquals(-1, PackedRow.firstNotFinite(PackedRow.pack(0, Vectors.dense(1, 2))));
    assertEquals(1, PackedRow.firstNotFinite(PackedRow.pack(0, Vectors.dense(1, 1e300))));
    assertEquals(2, PackedRow.firstNotFinite(PackedRow.pack(0, Vectors.dense(1, 0, Double.NaN))));
  }

  @Test
  void missingFeaturesAreNone() {
    assertEquals(0, PackedRow.features(PackedRow.pack(1, null)));
  }
}
