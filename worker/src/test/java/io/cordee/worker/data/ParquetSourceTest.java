package io.cordee.worker.data;

import static io.cordee.worker.data.DataFiles.assertRefused;
import static io.cordee.worker.data.DataFiles.features;
import static io.cordee.worker.data.DataFiles.folder;
import static io.cordee.worker.data.DataFiles.model;
import static io.cordee.worker.data.DataFiles.targets;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.TableFormat;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.model.Output;
import io.cordee.worker.data.format.CellReader;
import io.cordee.worker.data.format.RowStart;
import io.cordee.worker.data.format.TableFile;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.PartitionRows;
import io.cordee.worker.data.table.ColumnSurvey;
import io.cordee.worker.data.table.TableSurvey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParquetSourceTest {

  private static final String NAME = "rows.parquet";
  private static final ModelSpec TWO_TO_TWO = model(2, 2, Output.SOFTMAX);
  private static final String COLUMNS =
      "required double width; optional int32 kind; optional float height;";
  private static final List<List<String>> ROWS =
      List.of(List.of("1", "0", "2"), List.of("3", "1", "4"), List.of("5", "1", "0.1"));

  @TempDir Path folder;

  private Path file() {
    return folder.resolve(NAME);
  }

  private void write(String columns, List<List<String>> rows) throws IOException {
    ParquetFiles.write(file(), columns, CompressionCodecName.SNAPPY, rows);
  }

  private void copy(String resource) throws IOException {
    try (InputStream in = ParquetSourceTest.class.getResourceAsStream(resource)) {
      Files.copy(in, file());
    }
  }

  private static SourceSpec.Table labelled(
      String label, List<String> features, List<String> ignored) {
    return new SourceSpec.Table(
        NAME,
        new TableFormat.Parquet(),
        Optional.of(label),
        List.of(),
        features,
        ignored,
        List.of(),
        1,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  private DataSource open(ModelSpec model, SourceSpec.Table spec) {
    return DataSources.open(spec, model, folder(folder));
  }

  private DataSource open() {
    return open(TWO_TO_TWO, labelled("kind", List.of(), List.of()));
  }

  @ParameterizedTest
  @EnumSource(
      value = CompressionCodecName.class,
      names = {"UNCOMPRESSED", "SNAPPY", "ZSTD", "LZ4_RAW"})
  void columnsAreFoundByTheirNames(CompressionCodecName codec) throws IOException {
    ParquetFiles.write(file(), COLUMNS, codec, ROWS);
    DataSource source = open();
    assertEquals(3, source.rows());
    PartitionRows rows = source.read(0, 3);
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 0.1f}, features(rows));
    assertArrayEquals(new float[] {1, 0, 0, 1, 0, 1}, targets(rows, 2));
    assertEquals(Columns.of(List.of("width", "height"), List.of()), source.columns());
  }

  @Test
  void columnsOfAModelAreFoundInAnotherOrderAndAmongOthers() throws IOException {
    write(
        "required int64 1; required binary note (STRING); required double 2; required int32 kind;",
        List.of(List.of("5", "x", "6", "1")));
    DataSource source =
        DataSources.open(
            labelled("kind", List.of(), List.of()),
            TWO_TO_TWO,
            folder(folder),
            Columns.of(List.of("2", "1"), List.of()));
    assertArrayEquals(new float[] {6, 5}, features(source.read(0, 1)));
    assertRefused(
        () ->
            DataSources.open(
                labelled("kind", List.of(), List.of()),
                TWO_TO_TWO,
                folder(folder),
                Columns.of(List.of("2", "3"), List.of())),
        NAME,
        "expected the columns of the training rows; 3 is missing; found 1, note, 2, kind");
  }

  @Test
  void aSliceIsReachedAcrossRowGroups() throws IOException {
    write(
        "required double x; optional binary text (STRING); required int32 y;",
        IntStream.range(0, 2000)
            .mapToObj(i -> List.of(i + 0.5 + "", i % 3 == 0 ? "" : "t" + i % 10, i % 2 + ""))
            .toList());
    DataSource source = open(model(1, 2, Output.SOFTMAX), labelled("y", List.of("x"), List.of()));
    assertEquals(2000, source.rows());
    for (int from : List.of(1990, 0, 777)) {
      assertArrayEquals(
          new float[] {from + 0.5f, from + 1.5f}, features(source.read(from, from + 2)));
    }
    DataSource texts = open(model(1, 2, Output.SOFTMAX), labelled("y", List.of(), List.of("text")));
    assertEquals(List.of("text"), texts.ignored());
    assertEquals(2000, texts.ignoredTexts().size());
    assertEquals(List.of(""), texts.ignoredTexts().get(1998));
    assertEquals(List.of("t9"), texts.ignoredTexts().get(1999));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "lz4", "v2"})
  void filesOfAnotherWriterAreRead(String how) throws IOException {
    copy("duckdb-" + how + ".parquet");
    List<String> others =
        List.of(
            "long",
            "text",
            "day",
            "local",
            "utc",
            "time",
            "small",
            "large",
            "id",
            "uuid",
            "unsigned",
            "list",
            "pair",
            "bytes");
    DataSource source = open(model(3, 2, Output.SOFTMAX), labelled("bool", List.of(), others));
    assertArrayEquals(
        new float[] {0, 0, 0, 1, 1 / 3f, 1 / 7f, 2, 2 / 3f, 2 / 7f, 3, 1, 3 / 7f},
        features(source.read(0, 4)));
    assertArrayEquals(new float[] {0, 1, 1, 0, 0, 1, 1, 0}, targets(source.read(0, 4), 2));
    assertEquals(
        List.of(
            "1000000007",
            "text 1",
            "2024-02-29",
            "2024-02-29T12:34:56.789000",
            "2024-02-29T12:34:56.789000Z",
            "12:34:56.000000",
            "0.01",
            "-0.1250000000",
            "c0ffee00-0000-4000-8000-000000000001",
            "c0ffee00-0000-4000-8000-000000000001",
            "18446744073709551615",
            "0x6869"),
        source.ignoredTexts().get(1));
    assertEquals("", source.ignoredTexts().get(2).get(1));
  }

  @Test
  void listsAndGroupsAreNoFeatures() throws IOException {
    copy("duckdb-gzip.parquet");
    assertRefused(
        () -> open(TWO_TO_TWO, labelled("bool", List.of("int", "pair"), List.of())),
        NAME,
        "expected columns with one value in each row; found column 'pair', a list or a group (such columns can be listed under ignore)");
  }

  @Test
  void columnsOfOneNameAreRefused() throws IOException {
    write("required int32 kind; required int32 kind;", List.of());
    assertRefused(this::open, NAME + ": expected columns of different names; found 'kind' twice");
  }

  @Test
  void aCellThatIsNoNumberIsRefusedWithItsRow() throws IOException {
    write(COLUMNS, List.of(ROWS.get(0), List.of("3", "1", ""), List.of("5", "1", "Infinity")));
    assertRefused(
        () -> open().read(0, 3),
        NAME + ", row 1 (from 0), column 'height': expected a finite 32-bit number; found ''");
    assertRefused(() -> open().read(2, 3), "row 2", "found 'Infinity'");
  }

  @ParameterizedTest
  @EnumSource(
      value = CompressionCodecName.class,
      names = {"UNCOMPRESSED", "SNAPPY"})
  void aFileThatIsCutShortIsRefused(CompressionCodecName codec) throws IOException {
    ParquetFiles.write(file(), COLUMNS, codec, ROWS);
    byte[] whole = Files.readAllBytes(file());
    for (int length = 0; length < whole.length; length++) {
      Files.write(file(), Arrays.copyOf(whole, length));
      assertRefused(this::open, NAME, length == 0 ? "is empty" : length < 4 ? "PAR1" : "cut short");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "brotli, is compressed with BROTLI; expected SNAPPY",
    "encrypted, is encrypted; expected a Parquet file that is not"
  })
  void whatCannotBeReadIsRefused(String how, String message) throws IOException {
    copy("duckdb-" + how + ".parquet");
    assertRefused(
        () -> open(TWO_TO_TWO, labelled("bool", List.of("int", "float"), List.of())).read(0, 1),
        NAME + " " + message);
  }

  @Test
  void whatIsTheSameIsWrittenAsInCsv() throws IOException {
    write(
        "required double d; required boolean b;",
        List.of(List.of("8.0", "1"), List.of("0.1", "0")));
    try (CellReader reader = TableFile.of(new TableFormat.Parquet(), file()).open(RowStart.FIRST)) {
      reader.advance();
      assertEquals(List.of("8", "True"), List.of(reader.cell(0), reader.cell(1)));
      reader.advance();
      assertEquals(List.of("0.1", "False"), List.of(reader.cell(0), reader.cell(1)));
    }
  }

  @Test
  void formatsAreNotMixedUp() throws IOException {
    write(COLUMNS, ROWS);
    SourceSpec.Table asCsv =
        labelled("kind", List.of(), List.of()).in(NAME, new TableFormat.Csv(true, ','));
    assertRefused(() -> open(TWO_TO_TWO, asCsv), "is a Parquet file; expected CSV");
    Files.writeString(file(), "width,kind,height\n1,0,2\n");
    assertRefused(this::open, NAME + ": expected a Parquet file", "is it CSV");
    Files.write(file(), DataFiles.gzip("PAR1\u0015 and so on"));
    assertRefused(this::open, NAME + ": expected a Parquet file", "packed as a whole");
    assertRefused(() -> open(TWO_TO_TWO, asCsv), "is a Parquet file; expected CSV");
    Files.writeString(file(), "PAR1,kind\n1,0\n");
    assertRefused(() -> open(TWO_TO_TWO, asCsv), "found 1 (2 columns");
  }

  @Test
  void aTableOfAnUnknownKindIsLookedAt() throws IOException {
    copy("duckdb-gzip.parquet");
    TableSurvey table = TableSurvey.of(file(), Optional.empty());
    assertEquals(new TableFormat.Parquet(), table.format());
    assertEquals(4, table.rows());
    assertEquals(
        List.of("list", "pair"),
        table.columns().stream()
            .filter(column -> !column.hasCells())
            .map(ColumnSurvey::name)
            .toList());
    assertTrue(table.columns().get(table.find("float").orElseThrow()).isNumeric(4));
    assertRefused(
        () -> TableSurvey.of(file(), Optional.of(';')), "has no --separator; leave it out");
  }
}
