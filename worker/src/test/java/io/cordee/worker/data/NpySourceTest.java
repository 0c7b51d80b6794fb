package io.cordee.worker.data;

import static io.cordee.worker.data.DataFiles.assertRefused;
import static io.cordee.worker.data.DataFiles.features;
import static io.cordee.worker.data.DataFiles.folder;
import static io.cordee.worker.data.DataFiles.idx;
import static io.cordee.worker.data.DataFiles.model;
import static io.cordee.worker.data.DataFiles.targets;
import static io.cordee.worker.data.DataFiles.write;
import static io.cordee.worker.data.NpyFiles.bytes;
import static io.cordee.worker.data.NpyFiles.dictionary;
import static io.cordee.worker.data.NpyFiles.doubles;
import static io.cordee.worker.data.NpyFiles.floats;
import static io.cordee.worker.data.NpyFiles.header;
import static io.cordee.worker.data.NpyFiles.integers;
import static io.cordee.worker.data.NpyFiles.join;
import static io.cordee.worker.data.NpyFiles.npy;
import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.Split;
import io.cordee.common.job.data.TableFormat;
import io.cordee.common.model.Output;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.PartitionRows;
import io.cordee.worker.data.rows.RowCursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** 3 rows of 2 features; labels 0 2 1. */
class NpySourceTest {

  private static final byte[] FEATURES =
      npy("<f4", "(3, 2)", floats(LITTLE_ENDIAN, 0.1f, -2, 3e38f, 4, -0.0f, 1e-40f));
  private static final byte[] LABELS = npy("|u1", "(3,)", bytes(0, 2, 1));

  @TempDir Path folder;

  private DataSource open(byte[] features, byte[] labels) {
    return open(features, labels, 2, 3, 1);
  }

  private DataSource open(byte[] features, byte[] labels, int inputs, int outputs, double scale) {
    writeBoth(features, labels);
    return DataSources.open(
        new SourceSpec.Npy("x.npy", Optional.of("y.npy"), Optional.empty(), scale),
        model(inputs, outputs, Output.SOFTMAX),
        folder(folder));
  }

  private DataSource openWithTargets(byte[] features, byte[] targets, int outputs) {
    writeBoth(features, targets);
    return DataSources.open(
        new SourceSpec.Npy("x.npy", Optional.empty(), Optional.of("y.npy"), 1),
        model(2, outputs, Output.LINEAR),
        folder(folder));
  }

  private void writeBoth(byte[] features, byte[] others) {
    try {
      write(folder, "x.npy", features);
      write(folder, "y.npy", others);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Arguments elements(String type, byte[] elements, double... expected) {
    return Arguments.of(type, elements, expected);
  }

  private static Stream<Arguments> everyType() {
    Stream<Arguments> ofBytes =
        Stream.of(
            elements("|u1", bytes(0, 200, 255), 0, 200, 255),
            elements("|i1", bytes(0, 127, 200), 0, 127, -56),
            elements("|b1", bytes(0, 1, 7), 0, 1, 1));
    return Stream.concat(
        ofBytes,
        Stream.of(LITTLE_ENDIAN, BIG_ENDIAN)
            .flatMap(order -> everyType(order, order == LITTLE_ENDIAN ? "<" : ">")));
  }

  private static Stream<Arguments> everyType(ByteOrder order, String mark) {
    return Stream.of(
        elements(mark + "i2", integers(order, 2, 0, 300, -300), 0, 300, -300),
        elements(mark + "u2", integers(order, 2, 0, 300, 65_535), 0, 300, 65_535),
        elements(mark + "i4", integers(order, 4, 7, 1 << 30, -9), 7, 1 << 30, -9),
        elements(mark + "u4", integers(order, 4, 7, 1 << 30, -1), 7, 1 << 30, 4294967295.0),
        elements(mark + "i8", integers(order, 8, 7, 1L << 60, Long.MIN_VALUE), 7, 0x1p60, -0x1p63),
        elements(mark + "u8", integers(order, 8, 7, 1L << 63, -1), 7, 0x1p63, 0x1p64),
        elements(
            mark + "f2",
            integers(order, 2, 0x3555, 0xfbff, 0x8001),
            1365 * 0x1p-12,
            -65504,
            -0x1p-24),
        elements(mark + "f4", floats(order, 0.1f, -3e38f, 1e-40f), 0.1f, -3e38f, 1e-40f),
        elements(mark + "f8", doubles(order, 0.1, -3e38, 1e-300), 0.1, -3e38, 1e-300));
  }

  @ParameterizedTest
  @MethodSource("everyType")
  void everyTypeIsReadInEitherOrderOfBytes(String type, byte[] elements, double[] expected) {
    for (double scale : new double[] {1, 3}) {
      PartitionRows rows = open(npy(type, "(3, 1)", elements), LABELS, 1, 3, scale).read(0, 3);
      float[] scaled = new float[3];
      for (int i = 0; i < 3; i++) {
        scaled[i] = (float) (expected[i] / scale);
      }
      assertArrayEquals(scaled, features(rows));
    }
  }

  @Test
  void floatsAreReadToTheBit() {
    float[] read = features(open(FEATURES, LABELS).all());
    float[] written = {0.1f, -2, 3e38f, 4, -0.0f, 1e-40f};
    for (int i = 0; i < written.length; i++) {
      assertEquals(Float.floatToRawIntBits(written[i]), Float.floatToRawIntBits(read[i]));
    }
  }

  @Test
  void bytesAreKeptAsThoseOfAnIdxFileAre() throws IOException {
    byte[] pixels = bytes(IntStream.range(0, 24).map(i -> 11 * i).toArray());
    PartitionRows rows =
        open(npy("|u1", "(6, 2, 2)", pixels), npy("<i8", "(6,)", sixLabels()), 4, 3, 255).all();
    write(folder, "images", idx(new int[] {6, 2, 2}, pixels));
    write(folder, "labels", idx(new int[] {6}, bytes(0, 1, 2, 0, 1, 2)));
    DataSource same =
        DataSources.open(
            new SourceSpec.Idx("images", "labels", 255),
            model(4, 3, Output.SOFTMAX),
            folder(folder));
    assertEquals(same.all().checksum(), rows.checksum());
    assertArrayEquals(features(same.all()), features(rows));
  }

  private static byte[] sixLabels() {
    return integers(LITTLE_ENDIAN, 8, 0, 1, 2, 0, 1, 2);
  }

  @Test
  void numbersAreThoseOfTheSameCellsInCsv() throws IOException {
    double[] numbers = {0.1, 1.0 / 3, -1e30, 7, 1e-45, 123456789.987654321};
    String text = "0.1,%s,0\n-1e30,7,2\n1e-45,123456789.987654321,1\n".formatted(1.0 / 3);
    write(folder, "rows.csv", text);
    PartitionRows rows =
        open(npy("<f8", "(3, 2)", doubles(LITTLE_ENDIAN, numbers)), LABELS, 2, 3, 0.7).all();
    DataSource same =
        DataSources.open(
            new SourceSpec.Table(
                "rows.csv",
                new TableFormat.Csv(false, ','),
                Optional.of("2"),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                0.7,
                Optional.empty(),
                Optional.empty(),
                List.of()),
            model(2, 3, Output.SOFTMAX),
            folder(folder));
    assertEquals(same.all().checksum(), rows.checksum());
  }

  @ParameterizedTest
  @ValueSource(strings = {"nan", "inf", "beyond floats", "beyond floats when scaled"})
  void aFeatureThatIsNotFiniteIsNamed(String what) {
    double wrong =
        switch (what) {
          case "nan" -> Double.NaN;
          case "inf" -> Double.NEGATIVE_INFINITY;
          case "beyond floats" -> 1e39;
          default -> 3e38;
        };
    byte[] features = npy("<f8", "(3, 2)", doubles(LITTLE_ENDIAN, 1, 2, 3, 4, 5, wrong));
    DataSource source = open(features, LABELS, 2, 3, 0.5);
    assertRefused(
        () -> source.read(1, 3),
        "x.npy, row 2 (from 0), column 1: expected a finite 32-bit number; found " + wrong);
    assertRefused(source::check, "row 2 (from 0), column 1");
    assertEquals(2, source.read(0, 2).count(), "other rows stay readable");
  }

  @ParameterizedTest
  @CsvSource({"<i2, 2", ">i4, 4", "<i8, 8", ">u8, 8", "|i1, 1"})
  void labelsMayHaveAnyTypeOfIntegers(String type, int size) {
    ByteOrder order = type.startsWith(">") ? BIG_ENDIAN : LITTLE_ENDIAN;
    byte[] labels = npy(type, "(3,)", integers(order, size, 0, 2, 1));
    assertEquals(open(FEATURES, LABELS).all().checksum(), open(FEATURES, labels).all().checksum());
  }

  @Test
  void truthsAreLabels() {
    PartitionRows rows = open(FEATURES, npy("|b1", "(3,)", bytes(0, 1, 1)), 2, 1, 1).all();
    assertTrue(rows.labelled());
    assertArrayEquals(new float[] {0, 1, 1}, targets(rows, 1));
  }

  @ParameterizedTest
  @ValueSource(longs = {3, -1, Long.MIN_VALUE, 1L << 32})
  void aLabelOutOfRangeIsNamedWithFileAndRow(long label) {
    DataSource source = open(FEATURES, npy("<i8", "(3,)", integers(LITTLE_ENDIAN, 8, 0, label, 1)));
    String expected = "y.npy, row 1 (from 0): expected a class index from 0 to 2; found " + label;
    assertRefused(() -> source.read(1, 3), expected);
    assertRefused(source::check, expected);
    assertRefused(() -> source.split(new Split(0.3, 0.3, 1, true, 0, 1)), expected);
    assertEquals(1, source.read(0, 1).count(), "other rows stay readable");
  }

  @Test
  void targetsAreValuesOfEveryOutput() {
    byte[] targets = npy(">f8", "(3, 2)", doubles(BIG_ENDIAN, 0.1, 2, 3, -4, 5, 6));
    PartitionRows rows = openWithTargets(FEATURES, targets, 2).all();
    assertFalse(rows.labelled());
    assertArrayEquals(new float[] {0.1f, 2, 3, -4, 5, 6}, targets(rows, 2));
  }

  @Test
  void targetsOfOneOutputNeedNoSecondDimension() {
    byte[] targets = npy("<f4", "(3,)", floats(LITTLE_ENDIAN, 0.1f, 2, -3));
    PartitionRows rows = openWithTargets(FEATURES, targets, 1).read(1, 3);
    assertArrayEquals(new float[] {2, -3}, targets(rows, 1));
  }

  @Test
  void aTargetThatIsNotFiniteIsNamed() {
    byte[] targets = npy("<f4", "(3,)", floats(LITTLE_ENDIAN, 0, Float.NaN, 0));
    assertRefused(
        () -> openWithTargets(FEATURES, targets, 1).all(),
        "y.npy, row 1 (from 0), column 0: expected a finite 32-bit number; found NaN");
  }

  @Test
  void targetsForAnotherNumberOfOutputsAreRefused() {
    byte[] targets = npy("<f4", "(3, 2)", floats(LITTLE_ENDIAN, 1, 2, 3, 4, 5, 6));
    assertRefused(
        () -> openWithTargets(FEATURES, targets, 3),
        "y.npy: expected 3 targets per row, the model's outputs; found 2");
  }

  @Test
  void floatsAreNoLabels() {
    assertRefused(
        () -> open(FEATURES, npy("<f4", "(3,)", floats(LITTLE_ENDIAN, 0, 2, 1))),
        "y.npy: expected labels that are integers or booleans; found floats",
        "astype(np.int64)");
  }

  @Test
  void oneHotLabelsAreRefused() {
    assertRefused(
        () -> open(FEATURES, npy("|u1", "(3, 3)", bytes(1, 0, 0, 0, 1, 0, 0, 0, 1))),
        "y.npy: expected labels of shape [rows]",
        "found shape [3, 3]",
        "y.argmax(axis=1)");
  }

  @Test
  void aRowMayBeLongerThanWhatIsReadAtOnce() {
    int width = 50_000;
    float[] elements = new float[3 * width];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = i;
    }
    byte[] features = npy("<f4", "(3, 50000)", floats(LITTLE_ENDIAN, elements));
    DataSource source = open(features, LABELS, width, 3, 1);
    assertArrayEquals(elements, features(source.all()));
    assertArrayEquals(Arrays.copyOfRange(elements, width, 3 * width), features(source.read(1, 3)));
  }

  /** The file takes no room: all but its last row is a hole. */
  @Test
  void aFileBeyondTwoGibibytesIsReadAtItsEnd() throws IOException {
    long rows = 3_000_000;
    int width = 250;
    writeBoth(
        header(1, dictionary("<f4", "(3000000, 250)")),
        join(header(1, dictionary("|u1", "(3000000,)")), new byte[(int) rows]));
    float[] last = new float[width];
    for (int i = 0; i < width; i++) {
      last[i] = i + 0.5f;
    }
    try (FileChannel file = FileChannel.open(folder.resolve("x.npy"), StandardOpenOption.WRITE)) {
      long at = file.size() + (rows - 1) * width * Float.BYTES;
      assertTrue(at > 1L << 31);
      file.write(ByteBuffer.wrap(floats(LITTLE_ENDIAN, last)), at);
    }
    DataSource source =
        DataSources.open(
            new SourceSpec.Npy("x.npy", Optional.of("y.npy"), Optional.empty(), 1),
            model(width, 3, Output.SOFTMAX),
            folder(folder));
    assertEquals(rows, source.rows());
    assertArrayEquals(last, features(source.read(rows - 1, rows)));
    try (RowCursor cursor = source.cursor()) {
      assertArrayEquals(new float[width], features(cursor.next(1)));
      cursor.skip(400_000);
      assertEquals(1000, cursor.next(1000).count());
      cursor.skip(rows - 401_002);
      assertArrayEquals(last, features(cursor.next(1)));
    }
  }

  @Test
  void aSplitHoldsOutTheRowsThatItHoldsOutOfAnIdxFile() throws IOException {
    int rows = 40;
    byte[] labels = bytes(IntStream.range(0, rows).map(i -> i * i % 3).toArray());
    byte[] pixels = bytes(IntStream.range(0, rows).toArray());
    write(folder, "images", idx(new int[] {rows, 1}, pixels));
    write(folder, "labels", idx(new int[] {rows}, labels));
    DataSource other =
        DataSources.open(
            new SourceSpec.Idx("images", "labels", 1), model(1, 3, Output.SOFTMAX), folder(folder));
    DataSource own = open(npy("|u1", "(40, 1)", pixels), npy("|u1", "(40,)", labels), 1, 3, 1);
    for (boolean stratify : new boolean[] {true, false}) {
      Split split = new Split(0.2, 0.3, 5, stratify, 0, 1);
      DataSource.Parts expected = other.split(split);
      DataSource.Parts parts = own.split(split);
      assertEquals(8, parts.validation().orElseThrow().rows());
      assertEquals(expected.train().all().checksum(), parts.train().all().checksum());
      assertEquals(
          expected.test().orElseThrow().all().checksum(),
          parts.test().orElseThrow().all().checksum());
      assertEquals(expected.train().columns(), parts.train().columns());
    }
  }

  @Test
  void targetsDoNotStratify() {
    byte[] targets = npy("<f4", "(3,)", floats(LITTLE_ENDIAN, 1, 2, 3));
    DataSource source = openWithTargets(FEATURES, targets, 1);
    DataSource.Parts parts = source.split(new Split(0, 0.3, 1, true, 0, 1));
    assertEquals(2, parts.train().rows());
    assertEquals(2, targets(parts.train().all(), 1).length);
    assertEquals(1, targets(parts.test().orElseThrow().all(), 1).length);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void everyVersionOfTheFormatIsRead(int version) {
    byte[] file =
        join(
            header(version, dictionary("<f4", "(3, 2)")),
            floats(LITTLE_ENDIAN, 0.1f, -2, 3e38f, 4, -0.0f, 1e-40f));
    assertEquals(open(FEATURES, LABELS).all().checksum(), open(file, LABELS).all().checksum());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr':'<f4','fortran_order':False,'shape':(3,2)}",
        "{\"shape\": (3L, 2L), \"fortran_order\": False, \"descr\": \"<f4\"}",
        "{'fortran_order': False, 'shape': (3, 1, 2), 'descr': '<f4', }"
      })
  void headersMayBeWrittenOtherwise(String dictionary) {
    byte[] elements = Arrays.copyOfRange(FEATURES, FEATURES.length - 24, FEATURES.length);
    byte[] file = join(header(1, dictionary), elements);
    assertEquals(open(FEATURES, LABELS).all().checksum(), open(file, LABELS).all().checksum());
  }

  @Test
  void aSingleDimensionIsASingleFeatureInEitherOrder() {
    for (String isByColumns : List.of("False", "True")) {
      byte[] file =
          join(
              header(
                  1,
                  "{'descr': '|i1', 'fortran_order': %s, 'shape': (3,), }".formatted(isByColumns)),
              bytes(1, 2, 3));
      assertArrayEquals(new float[] {1, 2, 3}, features(open(file, LABELS, 1, 3, 1).all()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "|O, 'pickled Python objects: save x.astype(np.float32)'",
    "<c8, <c8",
    "<U5, <U5",
    "|S3, |S3",
    "<M8[ns], <M8[ns]",
    "|f4, |f4",
    "<f3, <f3",
  })
  void typesOtherThanNumbersAreRefused(String type, String said) {
    assertRefused(
        () -> open(npy(type, "(3, 2)", new byte[24]), LABELS),
        "x.npy: expected an array of numbers or booleans; found dtype '" + type,
        said);
  }

  @Test
  void structuresAreRefused() {
    String dictionary =
        "{'descr': [('a', '<f4'), ('O', '|O')], 'fortran_order': False, 'shape': (3,), }";
    assertRefused(
        () -> open(header(1, dictionary), LABELS),
        "x.npy: expected an array of numbers or booleans; found dtype [('a', '<f4'), ('O', '|O')]");
  }

  @Test
  void columnsOneAfterTheOtherAreRefused() {
    byte[] file = header(1, "{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }");
    assertRefused(
        () -> open(join(file, new byte[24]), LABELS),
        "x.npy: expected rows one after the other",
        "save np.ascontiguousarray(x)");
  }

  @Test
  void aSingleValueIsRefused() {
    assertRefused(
        () -> open(npy("<f4", "()", new byte[4]), LABELS),
        "x.npy: expected an array of shape [rows, ...]; found a single value");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(3, 0)    | expected rows of 1 to 2147483631 elements; found shape [0]",
        "(3, 4294967296, 4294967296) | found shape [4294967296, 4294967296]",
        "(999999999999999999, 2)     | expected at most 2^40 rows",
        "(1099511627776, 200000000)  | expected at most 2^40 rows and 2^60 bytes",
        "(2, 2)    | is too long: its header announces 2 rows, 144 bytes in all; found 152 bytes",
        "(4, 2)    | is cut short: its header announces 4 rows, 160 bytes in all; found 152 bytes",
        "(3, 1, 2, 1, 3) | is cut short",
      })
  void aShapeThatTheFileDoesNotHaveIsRefused(String shape, String said) {
    assertRefused(() -> open(npy("<f4", shape, new byte[24]), LABELS, 2, 3, 1), "x.npy", said);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr': '<f4', 'fortran_order': False, }",
        "{'descr': '<f4', 'shape': (3, 2), }",
        "{'fortran_order': False, 'shape': (3, 2), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, -2), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 10000000000000000000), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 6, }",
        "no dictionary"
      })
  void aHeaderWithoutWhatItNeedsIsRefused(String dictionary) {
    assertRefused(
        () -> open(header(1, dictionary), LABELS),
        "x.npy: expected a NumPy header with descr, fortran_order and shape; found "
            + dictionary.substring(0, 10));
  }

  @Test
  void anotherVersionOfTheFormatIsRefused() {
    byte[] file = FEATURES.clone();
    file[6] = 4;
    assertRefused(
        () -> open(file, LABELS), "x.npy: expected a NumPy file of version 1, 2 or 3; found 4");
  }

  @Test
  void aHeaderThatAnnouncesGigabytesIsRefused() {
    byte[] file = header(2, dictionary("<f4", "(3, 2)"));
    file[11] = 0x7f;
    assertRefused(
        () -> open(file, LABELS), "x.npy: expected a NumPy header of at most 65535 bytes");
  }

  @Test
  void aFileOfAnotherKindIsRefused() {
    assertRefused(
        () -> open("a,b,c,d\n".getBytes(StandardCharsets.UTF_8), LABELS),
        "x.npy is not a NumPy file: expected it to begin with bytes 93 4e 55 4d 50 59",
        "found 61 2c 62 2c 63 2c");
  }

  @Test
  void anArchiveOfArraysIsRefused() {
    assertRefused(
        () -> open("PK\3\4....".getBytes(StandardCharsets.UTF_8), LABELS),
        "x.npy is an archive of arrays (.npz): save the arrays with np.save");
  }

  @Test
  void aFileThatIsCutWhenItIsOpenIsRefused() throws IOException {
    int rows = 100_000;
    byte[] file = npy("<f4", "(100000, 2)", new byte[rows * 8]);
    DataSource source = open(file, npy("|u1", "(100000,)", new byte[rows]));
    try (RowCursor cursor = source.cursor()) {
      cursor.next(10);
      cut("x.npy", 8192);
      assertRefused(
          () -> cursor.next(rows - 10), "x.npy", "cut short", "its header announces 100000 rows");
    }
    assertRefused(() -> source.read(rows - 1, rows), "x.npy is cut short", "100000 rows");
  }

  private void cut(String name, long length) throws IOException {
    try (FileChannel file = FileChannel.open(folder.resolve(name), StandardOpenOption.WRITE)) {
      file.truncate(length);
    }
  }
}
