package io.cordee.worker.data;

import static io.cordee.worker.data.DataFiles.assertRefused;
import static io.cordee.worker.data.DataFiles.features;
import static io.cordee.worker.data.DataFiles.folder;
import static io.cordee.worker.data.DataFiles.gzip;
import static io.cordee.worker.data.DataFiles.idx;
import static io.cordee.worker.data.DataFiles.model;
import static io.cordee.worker.data.DataFiles.targets;
import static io.cordee.worker.data.DataFiles.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.model.Output;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.RowCursor;
import io.cordee.worker.data.rows.StoredRows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void labelsAreOneHot() {
    StoredRows rows = open(FEATURES, LABELS).read(0, ROWS);
    assertTrue(rows.labelled());
    assertArrayEquals(
        new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1}, targets(rows, 3));
  }

  @Test
  void oneHotTargetsOverwriteWhatWasInTheArray() {
    float[] into = {7, 7, 7, 7};
    open(FEATURES, LABELS).read(0, ROWS).copyTargets(2, 1, into);
    assertArrayEquals(new float[] {0, 0, 1, 7}, into);
  }

  @Test
  void aModelWithOneOutputHasTheClassItselfAsTarget() {
    byte[] labels = idx(new int[] {ROWS}, sequence(ROWS, i -> i % 2));
    StoredRows rows = open(FEATURES, labels, WIDTH, 1, 1).read(0, ROWS);
    assertTrue(rows.labelled());
    assertArrayEquals(new float[] {0, 1, 0, 1, 0, 1}, targets(rows, 1));
  }

  @Test
  void everySliceEqualsThoseRowsOfTheWholeFilePackedOrNot() {
    float[] all = features(open(FEATURES, LABELS).read(0, ROWS));
    float[] allTargets = targets(open(FEATURES, LABELS).read(0, ROWS), 3);
    for (boolean packed : new boolean[] {false, true}) {
      DataSource source = packed ? open(gzip(FEATURES), gzip(LABELS)) : open(FEATURES, LABELS);
      assertEquals(ROWS, source.rows());
      for (int from = 0; from <= ROWS; from++) {
        for (int to = from; to <= ROWS; to++) {
          StoredRows slice = source.read(from, to);
          assertEquals(to - from, slice.count());
          assertArrayEquals(Arrays.copyOfRange(all, from * WIDTH, to * WIDTH), features(slice));
          assertArrayEquals(Arrays.copyOfRange(allTargets, from * 3, to * 3), targets(slice, 3));
        }
      }
    }
  }

  @Test
  void aCursorGoesOnWhereItStopped() {
    DataSource source = open(gzip(FEATURES), LABELS);
    float[] all = features(source.read(0, ROWS));
    try (RowCursor cursor = source.cursor()) {
      cursor.skip(1);
      assertArrayEquals(Arrays.copyOfRange(all, WIDTH, 3 * WIDTH), features(cursor.next(2)));
      cursor.skip(1);
      assertArrayEquals(Arrays.copyOfRange(all, 4 * WIDTH, 6 * WIDTH), features(cursor.next(2)));
    }
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
  void aSliceOutsideTheFileIsRefused() {
    DataSource source = open(FEATURES, LABELS);
    assertThrows(IndexOutOfBoundsException.class, () -> source.read(0, ROWS + 1));
    assertThrows(IndexOutOfBoundsException.class, () -> source.read(-1, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> source.read(3, 2));
  }

  @Test
  void aLabelOutOfRangeIsNamedWithFileAndRow() {
    byte[] labels = LABELS.clone();
    labels[8 + 4] = 3;
    DataSource source = open(FEATURES, labels);
    assertRefused(
        () -> source.read(3, 6),
        folder.resolve("labels").toString(),
        "row 4 (from 0)",
        "from 0 to 2",
        "found 3");
    assertEquals(3, source.read(0, 3).count(), "other rows stay readable");
  }

  @Test
  void aLabelAbove127IsNotTakenForANegativeOne() {
    byte[] labels = LABELS.clone();
    labels[8] = (byte) 200;
    assertRefused(() -> open(FEATURES, labels).read(0, 1), "row 0", "found 200");
  }

  @Test
  void aWidthThatDoesNotFitTheModelIsRefused() {
    assertRefused(
        () -> open(FEATURES, LABELS, 5, 3, 1),
        "features",
        "expected 5",
        "model's inputs",
        "found 4");
  }

  @Test
  void labelsForAnotherNumberOfRowsAreRefused() {
    byte[] labels = idx(new int[] {5}, new byte[5]);
    assertRefused(() -> open(FEATURES, labels), "labels: expected 6 rows", "features has; found 5");
  }

  @Test
  void aShortUnpackedFileIsRefusedWhenOpened() {
    assertRefused(
        () -> open(Arrays.copyOf(FEATURES, FEATURES.length - 1), LABELS),
        "features is cut short",
        "6 rows, 40 bytes",
        "found 39");
  }

  @Test
  void aLongUnpackedFileIsRefusedWhenOpened() {
    assertRefused(
        () -> open(FEATURES, Arrays.copyOf(LABELS, LABELS.length + 2)),
        "labels is too long",
        "14 bytes",
        "found 16");
  }

  @Test
  void aPackedFileWithTooFewRowsIsRefusedAtTheFirstRowThatIsMissing() {
    byte[] features = gzip(Arrays.copyOf(FEATURES, FEATURES.length - 5));
    DataSource source = open(features, LABELS);
    assertRefused(() -> source.read(2, 6), "features, row 4 (from 0): cut short", "6 rows");
    assertRefused(() -> source.read(6, 6), "features", "cut short");
    assertEquals(4, source.read(0, 4).count());
  }

  @Test
  void aPackedFileWithTooManyRowsIsRefused() {
    DataSource source = open(gzip(Arrays.copyOf(FEATURES, FEATURES.length + 4)), LABELS);
    assertRefused(() -> source.read(5, 6), "features is too long", "6 rows");
  }

  @Test
  void aPackedFileThatWasCutIsRefused() {
    byte[] packed = gzip(FEATURES);
    DataSource source = open(Arrays.copyOf(packed, packed.length - 12), LABELS);
    assertRefused(() -> source.read(0, 6), "features", "cut short or damaged");
  }

  @Test
  void aPackedFileWithAWrongChecksumIsRefused() {
    byte[] packed = gzip(FEATURES);
    packed[packed.length - 8] ^= 1;
    assertRefused(() -> open(packed, LABELS).read(0, 6), "features", "it is cut short or damaged");
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

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 7})
  void aFileThatEndsInItsHeaderIsRefused(int length) {
    assertRefused(
        () -> open(Arrays.copyOf(FEATURES, length), LABELS), "features is cut short", "header");
  }

  @Test
  void swappedFilesAreRefusedByTheirDimensions() {
    assertRefused(() -> open(LABELS, FEATURES), "features", "2 or more dimensions", "found 1");
    assertRefused(() -> open(FEATURES, FEATURES), "labels", "1 dimension", "found 3");
  }

  @Test
  void aFileWithoutRowsIsRefused() {
    byte[] none = idx(new int[] {0, 2, 2}, new byte[0]);
    assertRefused(() -> open(none, LABELS), "features has no rows");
  }

  @Test
  void aShapeWhoseProductOverflowsIsRefused() {
    int[] shape =
        IntStream.concat(IntStream.of(6), IntStream.generate(() -> 1 << 16).limit(8)).toArray();
    assertRefused(() -> open(idx(shape, new byte[0]), LABELS), "features", "shape [65536");
  }

  @Test
  void aScaleThatCannotDivideIsRefused() {
    for (double scale : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertRefused(() -> open(FEATURES, LABELS, WIDTH, 3, scale), "scale", "" + scale);
    }
  }

  @Test
  void unlabelledImagesNeedNoFileOfLabels() throws IOException {
    float[] all = features(open(FEATURES, LABELS).read(0, ROWS));
    write(folder, "others", FEATURES);
    DataSource source =
        DataSources.openUnlabelled(
            new SourceSpec.Idx("others", "nowhere", 255),
            model(WIDTH, 3, Output.SOFTMAX),
            folder(folder),
            Columns.UNKNOWN);
    StoredRows rows = source.read(2, ROWS);
    assertArrayEquals(Arrays.copyOfRange(all, 2 * WIDTH, ROWS * WIDTH), features(rows));
    assertFalse(rows.labelled());
    assertThrows(IllegalStateException.class, () -> targets(rows, 3));
  }
}
