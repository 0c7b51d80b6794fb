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
import io.cordee.worker.data.rows.PartitionRows;
import io.cordee.worker.data.rows.RowCursor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What holds for arrays in every format: 6 rows of 2x2 bytes; byte i of all is 40 i modulo 256;
 * labels 0 1 2 0 1 2.
 */
@ParameterizedClass
@EnumSource
class ArraySourceTest {

  enum Format {
    IDX {
      @Override
      byte[] file(byte[] elements, int... shape) {
        return idx(shape, elements);
      }

      @Override
      SourceSpec spec(String features, String labels, double scale) {
        return new SourceSpec.Idx(features, labels, scale);
      }
    },
    NPY {
      @Override
      byte[] file(byte[] elements, int... shape) {
        String sizes =
            IntStream.of(shape).mapToObj(Integer::toString).collect(Collectors.joining(", "));
        return NpyFiles.npy("|u1", "(" + sizes + ",)", elements);
      }

      @Override
      SourceSpec spec(String features, String labels, double scale) {
        return new SourceSpec.Npy(features, Optional.of(labels), Optional.empty(), scale);
      }
    };

    abstract byte[] file(byte[] elements, int... shape);

    abstract SourceSpec spec(String features, String labels, double scale);
  }

  private static final int ROWS = 6;
  private static final int WIDTH = 4;
  private static final byte[] ELEMENTS =
      NpyFiles.bytes(IntStream.range(0, ROWS * WIDTH).map(i -> 40 * i).toArray());

  private final Format format;
  private final byte[] features;
  private final byte[] labels;

  @TempDir Path folder;

  ArraySourceTest(Format format) {
    this.format = format;
    features = format.file(ELEMENTS, ROWS, 2, 2);
    labels = labels(0, 1, 2, 0, 1, 2);
  }

  private byte[] labels(int... labels) {
    return format.file(NpyFiles.bytes(labels), labels.length);
  }

  private DataSource open(byte[] features, byte[] labels, int inputs, int outputs, double scale) {
    try {
      write(folder, "features", features);
      write(folder, "labels", labels);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return DataSources.open(
        format.spec("features", "labels", scale),
        model(inputs, outputs, Output.SOFTMAX),
        folder(folder));
  }

  private DataSource open(byte[] features, byte[] labels) {
    return open(features, labels, WIDTH, 3, 255);
  }

  @Test
  void featuresAreUnsignedBytesDividedByTheScale() {
    PartitionRows rows = open(features, labels).read(0, ROWS);
    float[] expected = new float[ROWS * WIDTH];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (float) ((40 * i % 256) / 255.0);
    }
    assertEquals(WIDTH, rows.features());
    assertArrayEquals(expected, features(rows));
  }

  @Test
  void aFileLargerThanAnyBufferIsReadFromItsMiddle() {
    int[] numbers = IntStream.range(0, 5000).toArray();
    int[] elements = IntStream.range(0, 500_000).map(i -> i / 100 % 251).toArray();
    byte[] large = format.file(NpyFiles.bytes(elements), numbers.length, 100);
    byte[] classes = labels(IntStream.of(numbers).map(i -> i % 3).toArray());
    PartitionRows slice = open(large, classes, 100, 3, 1).read(4321, 4322);
    assertEquals(4321 % 251, features(slice)[99]);
    assertEquals(1, targets(slice, 3)[4321 % 3]);
  }

  @Test
  void labelsAreOneHotAndOverwriteWhatWasInTheArray() {
    PartitionRows rows = open(features, labels).read(0, ROWS);
    assertTrue(rows.labelled());
    assertArrayEquals(
        new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1}, targets(rows, 3));
    float[] into = {7, 7, 7, 7};
    rows.copyTargets(2, 1, into);
    assertArrayEquals(new float[] {0, 0, 1, 7}, into);
  }

  @Test
  void aModelWithOneOutputHasTheClassItselfAsTarget() {
    PartitionRows rows = open(features, labels(0, 1, 0, 1, 0, 1), WIDTH, 1, 1).read(0, ROWS);
    assertTrue(rows.labelled());
    assertArrayEquals(new float[] {0, 1, 0, 1, 0, 1}, targets(rows, 1));
  }

  @Test
  void everySliceEqualsThoseRowsOfTheWholeFilePackedOrNot() {
    float[] all = features(open(features, labels).all());
    float[] allTargets = targets(open(features, labels).all(), 3);
    for (boolean packed : new boolean[] {false, true}) {
      DataSource source = packed ? open(gzip(features), gzip(labels)) : open(features, labels);
      assertEquals(ROWS, source.rows());
      for (int from = 0; from <= ROWS; from++) {
        for (int to = from; to <= ROWS; to++) {
          PartitionRows slice = source.read(from, to);
          assertEquals(to - from, slice.count());
          assertArrayEquals(Arrays.copyOfRange(all, from * WIDTH, to * WIDTH), features(slice));
          assertArrayEquals(Arrays.copyOfRange(allTargets, from * 3, to * 3), targets(slice, 3));
        }
      }
    }
  }

  @Test
  void aCursorGoesOnWhereItStopped() {
    DataSource source = open(gzip(features), labels);
    float[] all = features(source.read(0, ROWS));
    try (RowCursor cursor = source.cursor()) {
      cursor.skip(1);
      assertArrayEquals(Arrays.copyOfRange(all, WIDTH, 3 * WIDTH), features(cursor.next(2)));
      cursor.skip(1);
      assertArrayEquals(Arrays.copyOfRange(all, 4 * WIDTH, 6 * WIDTH), features(cursor.next(2)));
    }
  }

  @Test
  void aSliceOutsideTheFileIsRefused() {
    DataSource source = open(features, labels);
    assertThrows(IndexOutOfBoundsException.class, () -> source.read(0, ROWS + 1));
    assertThrows(IndexOutOfBoundsException.class, () -> source.read(-1, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> source.read(3, 2));
  }

  @Test
  void aLabelOutOfRangeIsNamedWithFileAndRow() {
    for (int label : new int[] {3, 200}) {
      DataSource source = open(features, labels(0, 1, 2, 0, label, 2));
      assertRefused(
          () -> source.read(3, 6),
          folder.resolve("labels").toString(),
          "row 4 (from 0)",
          "from 0 to 2",
          "found " + label);
      assertEquals(3, source.read(0, 3).count(), "other rows stay readable");
    }
  }

  @Test
  void whatDoesNotFitTheModelIsRefused() {
    assertRefused(
        () -> open(features, labels, 5, 3, 1),
        "features: expected 5 features per row, the model's inputs; found 4");
    assertRefused(
        () -> open(features, labels(0, 1, 2, 0, 1)),
        "labels: expected 6 rows, as many as",
        "features has; found 5");
    for (double scale : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertRefused(() -> open(features, labels, WIDTH, 3, scale), "expected a scale", "" + scale);
    }
  }

  @Test
  void aFileOfAnotherLengthIsRefusedWhenOpened() {
    int length = features.length;
    assertRefused(
        () -> open(Arrays.copyOf(features, length - 1), labels),
        "features is cut short",
        "6 rows, " + length + " bytes",
        "found " + (length - 1));
    assertRefused(
        () -> open(features, Arrays.copyOf(labels, labels.length + 2)), "labels is too long");
  }

  @Test
  void aFileThatEndsInItsHeaderIsRefused() {
    for (int length : new int[] {0, 3, 7}) {
      assertRefused(
          () -> open(Arrays.copyOf(features, length), labels), "features is cut short", "header");
    }
  }

  @Test
  void aPackedFileWithTooFewRowsIsRefusedAtTheFirstRowThatIsMissing() {
    DataSource source = open(gzip(Arrays.copyOf(features, features.length - 5)), labels);
    assertRefused(() -> source.read(2, 6), "features, row 4 (from 0): cut short", "6 rows");
    assertRefused(() -> source.read(6, 6), "features", "cut short");
    assertEquals(4, source.read(0, 4).count());
  }

  @Test
  void aPackedFileWithTooManyRowsIsRefused() {
    DataSource source = open(gzip(Arrays.copyOf(features, features.length + 4)), labels);
    assertRefused(() -> source.read(5, 6), "features is too long", "6 rows");
  }

  @Test
  void aPackedFileThatIsDamagedIsRefused() {
    byte[] packed = gzip(features);
    DataSource cut = open(Arrays.copyOf(packed, packed.length - 12), labels);
    assertRefused(() -> cut.read(0, 6), "features", "cut short or damaged");
    packed[packed.length - 8] ^= 1;
    assertRefused(() -> open(packed, labels).read(0, 6), "features", "it is cut short or damaged");
  }

  @Test
  void aFileWithoutRowsIsRefused() {
    assertRefused(() -> open(format.file(new byte[0], 0, 2, 2), labels), "features has no rows");
  }

  @Test
  void unlabelledRowsNeedNoOtherFile() throws IOException {
    float[] all = features(open(features, labels).all());
    write(folder, "others", features);
    PartitionRows rows =
        DataSources.openUnlabelled(
                format.spec("others", "nowhere", 255),
                model(WIDTH, 3, Output.SOFTMAX),
                folder(folder),
                Columns.UNKNOWN)
            .read(2, ROWS);
    assertArrayEquals(Arrays.copyOfRange(all, 2 * WIDTH, ROWS * WIDTH), features(rows));
    assertFalse(rows.labelled());
    assertThrows(IllegalStateException.class, () -> targets(rows, 3));
  }

  @Test
  void readingCanBeInterrupted() {
    DataSource source = open(features, labels);
    Thread.currentThread().interrupt();
    assertRefused(source::all, "interrupted while reading", "features");
    assertTrue(Thread.interrupted());
  }
}
