package io.cordee.worker.data.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.cordee.common.job.data.TableFormat;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Decimals;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvReaderTest {

  private static final int TEXTS = 20_000;

  @TempDir private Path folder;

  private record Row(String name, List<String> cells) {}

  /** The rows up to a mistake, if there is one. */
  private record Rows(List<Row> rows, boolean areAll) {}

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(chars = {',', '\t'})
  void readsAnyTextAsCommonsCsvDoes(char separator) throws IOException {
    Random random = new Random(1);
    String letters = "a17.b\u00e9\u20ac  \t\"\"\"\n\n\r,," + separator;
    int wrong = 0;
    for (int i = 0; i < TEXTS; i++) {
      String text =
          random
              .ints(random.nextInt(24), 0, letters.length())
              .collect(StringBuilder::new, (to, at) -> to.append(letters.charAt(at)), (a, b) -> {})
              .toString();
      Rows expected = expected(text, separator);
      assertEquals(expected, found(file(text, separator)), text);
      wrong += expected.areAll ? 0 : 1;
    }
    assertTrue(wrong > TEXTS / 10 && wrong < TEXTS * 9 / 10, wrong + " with mistakes");
  }

  @Test
  void readsEachRowAgainFromItsPlace() throws IOException {
    StringBuilder text = new StringBuilder("\ufeff\n");
    Random random = new Random(2);
    for (int row = 0; row < 3000; row++) {
      text.append('"').append("x\n".repeat(random.nextInt(100))).append("\", ").append(row);
      text.append(row % 2 == 0 ? "\r\n\n" : "\n");
    }
    text.append("y".repeat(200_000)).append(",end");
    CsvFile file = file(text.toString(), ',');
    List<Row> all = found(file).rows();
    assertEquals(expected(text.substring(1), ','), new Rows(all, true));
    List<RowStart> starts = new ArrayList<>();
    try (CellReader reader = file.open(RowStart.FIRST)) {
      while (reader.advance()) {
        starts.add(reader.start());
      }
    }
    for (int row = 0; row < starts.size(); row++) {
      try (CellReader reader = file.open(starts.get(row))) {
        assertTrue(reader.advance());
        assertEquals(all.get(row), row(reader));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"\"", "\n1,2\n"})
  void aRowOfMillionsOfFieldsIsCountedWithoutKeepingThem(String end) throws IOException {
    int fields = 15_000_001;
    CsvFile file = file("1,2\n" + ",".repeat(fields - 1) + end, ',');
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (CellReader reader = file.open(RowStart.FIRST)) {
      assertTrue(reader.advance() && reader.width() == 2);
      long before = threads.getCurrentThreadAllocatedBytes();
      assertTrue(reader.advance());
      assertEquals(fields, reader.width());
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      // The row itself, in a buffer that has doubled up to 16 MiB, and as much again.
      assertTrue(allocated < 4 * RowText.LONGEST_ROW, allocated + " bytes");
      assertEquals("", reader.cell(1));
    }
  }

  @Test
  void aFirstLineOfMoreColumnsThanATableMayHaveIsRefused() throws IOException {
    int most = CsvReader.MOST_COLUMNS;
    assertEquals(most, file("x" + ",".repeat(most - 1), ',').first().size());
    CsvFile wider = file("x" + ",".repeat(most) + "\n1,2\n", ',');
    assertEquals(
        folder.resolve("rows.csv")
            + ", line 1: expected at most 1048576 columns; found 1048577; is the separator right?",
        assertThrows(DataException.class, wider::first).getMessage());
  }

  private CsvFile file(String text, char separator) throws IOException {
    Path file = Files.writeString(folder.resolve("rows.csv"), text);
    return new CsvFile(new TableFormat.Csv(false, separator), Input.file(file));
  }

  private static Rows found(CsvFile file) throws IOException {
    List<Row> rows = new ArrayList<>();
    try (CellReader reader = file.open(RowStart.FIRST)) {
      while (reader.advance()) {
        rows.add(row(reader));
      }
      return new Rows(rows, true);
    } catch (DataException e) {
      return new Rows(rows, false);
    }
  }

  private static Row row(CellReader reader) {
    for (int i = 0; i <= reader.width(); i++) {
      assertEquals(Decimals.parse(reader.cell(i)).orElse(Double.NaN), reader.number(i));
    }
    return new Row(
        reader.row(), IntStream.range(0, reader.width()).mapToObj(reader::cell).toList());
  }

  private static Rows expected(String text, char separator) throws IOException {
    CSVFormat format =
        CSVFormat.DEFAULT
            .builder()
            .setDelimiter(separator)
            .setIgnoreSurroundingSpaces(true)
            .setIgnoreEmptyLines(true)
            .get();
    List<Row> rows = new ArrayList<>();
    try (CSVParser parser = CSVParser.parse(new StringReader(text), format)) {
      for (CSVRecord row : parser) {
        rows.add(new Row("line " + parser.getCurrentLineNumber(), row.toList()));
      }
      return new Rows(rows, true);
    } catch (UncheckedIOException e) {
      return new Rows(rows, false);
    }
  }
}
