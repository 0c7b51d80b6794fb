package io.cordee.worker.data;

import static io.cordee.worker.data.DataFiles.assertRefused;
import static io.cordee.worker.data.DataFiles.features;
import static io.cordee.worker.data.DataFiles.folder;
import static io.cordee.worker.data.DataFiles.idx;
import static io.cordee.worker.data.DataFiles.model;
import static io.cordee.worker.data.DataFiles.targets;
import static io.cordee.worker.data.DataFiles.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.model.Output;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.StoredRows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 6 rows of 2x2 bytes; byte i of all is 40 i modulo 256; labels 0 1 2 0 1 2. */
class IdxSourceTest {

  private static final int ROWS = 6;
  private static final int WIDTH = 4;
  private static final byte[] FEATURES =
      idx(new int[] {ROWS, 2, 2}, sequence(ROWS * WIDTH, i -> 40 * i));
  private static final byte[] LABELS = idx(new int[] {ROWS}, sequence(ROWS, i -> i % 3));

  @TempDir Path folder;

  private static byte[] sequence(int length, IntUnaryOperator element) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) element.applyAsInt(i);
    }
    return bytes;
  }

  private DataSource open(byte[] features, byte[] labels, int inputs, int outputs, double scale) {
    try {
      write(folder, "features", features);
      write(folder, "labels", labels);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return DataSources.open(
        new SourceSpec.Idx("features", "labels", scale),
        model(inputs, outputs, Output.SOFTMAX),
        folder(folder));
  }

  private DataSource open(byte[] features, byte[] labels) {
    return open(features, labels, WIDTH, 3, 255);
  }

  @Test
  void featuresAreUnsignedBytesDividedByTheScale() {
    StoredRows rows = open(FEATURES, LABELS).read(0, ROWS);
    float[] expected = new float[ROWS * WIDTH];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (float) ((40 * i % 256) / 255.0);
    }
    assertEquals(WIDTH, rows.features());
    assertArrayEquals(expected, features(rows));
  }

  @Test
  void anUnpackedFileLargerThanAnyBufferIsReadFromItsMiddle() {
    int rows = 5000;
    byte[] labels = idx(new int[] {rows}, sequence(rows, i -> i % 3));
    byte[] features = idx(new int[] {rows, 100}, sequence(rows * 100, i -> i / 100 % 251));
    StoredRows slice = open(features, labels, 100, 3, 1).read(4321, 4322);
    assertEquals(4321 % 251, features(slice)[99]);
    assertEquals(1, targets(slice, 3)[4321 % 3]);
  }

  @Test
  void aFileOfAnotherKindIsRefused() {
    assertRefused(
        () -> open("no images".getBytes(StandardCharsets.UTF_8), LABELS),
        "features is not an IDX file",
        "found 6e 6f");
  }

  @Test
  void elementsOtherThanUnsignedBytesAreRefused() {
    byte[] floats = FEATURES.clone();
    floats[2] = 0x0d;
    assertRefused(
        () -> open(floats, LABELS), "features", "expected IDX element type 08", "found 0d");
  }

  @Test
  void swappedFilesAreRefusedByTheirDimensions() {
    assertRefused(() -> open(LABELS, FEATURES), "features", "2 or more dimensions", "found 1");
    assertRefused(() -> open(FEATURES, FEATURES), "labels", "1 dimension", "found 3");
  }

  @Test
  void aShapeWhoseProductOverflowsIsRefused() {
    int[] shape =
        IntStream.concat(IntStream.of(6), IntStream.generate(() -> 1 << 16).limit(8)).toArray();
    assertRefused(() -> open(idx(shape, new byte[0]), LABELS), "features", "shape [65536");
  }
}
