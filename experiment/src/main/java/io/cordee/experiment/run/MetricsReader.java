package io.cordee.experiment.run;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads {@code metrics.csv}, also while it is written or after its writer was killed: what is not a
 * whole row ends it. Columns are found by name, so that others may stand between them.
 */
final class MetricsReader {

  /** No value has quotes: one in a damaged row must not reach for the rows behind it. */
  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).setQuote(null).get();

  private static final int LONGEST_QUOTE = 60;

  private final Path file;
  private final String text;
  private final List<Metrics.Row> rows = new ArrayList<>();

  private MetricsReader(Path file, String text) {
    this.file = file;
    this.text = text;
  }

  static Metrics read(Path file) throws IOException {
    return new MetricsReader(file, Files.readString(file, StandardCharsets.ISO_8859_1)).read();
  }

  private Metrics read() throws IOException {
    try (CSVParser parser = FORMAT.parse(new StringReader(text))) {
      List<String> columns = parser.getHeaderNames();
      if (!columns.containsAll(List.of("round", "loss", "seconds"))) {
        throw new IOException(
            "%s: expected a first line that names the columns round, loss and seconds; found %s"
                .formatted(file, columns));
      }
      Iterator<CSVRecord> records = parser.iterator();
      while (records.hasNext()) {
        CSVRecord record = records.next();
        Optional<String> expected = add(record, columns.size());
        if (expected.isPresent()) {
          long line = parser.getCurrentLineNumber();
          return Metrics.of(rows, damage(record, line, expected.get(), records));
        }
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": not a table of metrics: " + e.getMessage(), e);
    }
    return Metrics.of(rows, "");
  }

  /** Takes a row over; returns what was expected if it is not sound. */
  private Optional<String> add(CSVRecord record, int columns) {
    if (record.size() != columns) {
      return Optional.of(columns + " values");
    }
    int last = rows.isEmpty() ? -1 : rows.get(rows.size() - 1).round();
    String round = record.get("round");
    if (!round.matches("\\d{1,9}") || Integer.parseInt(round) <= last) {
      return Optional.of(
          rows.isEmpty() ? "the number of a round first" : "a round above " + last + " first");
    }
    try {
      Map<Metrics.Measure, Double> values = new EnumMap<>(Metrics.Measure.class);
      for (Metrics.Measure measure : Metrics.Measure.values()) {
        values.put(measure, number(record, measure.column()));
      }
      rows.add(
          new Metrics.Row(
              Integer.parseInt(round),
              values,
              number(record, "seconds"),
              record.isMapped("digest") ? record.get("digest") : ""));
      return Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.of("numbers");
    }
  }

  /**
   * What is to be said of a row that is not sound, the ones behind which are left out with it;
   * nothing of one at the very end, which was not written to its end.
   */
  private String damage(CSVRecord record, long line, String expected, Iterator<CSVRecord> behind) {
    int left = 0;
    while (behind.hasNext()) {
      behind.next();
      left++;
    }
    if (left == 0 && !text.endsWith("\n")) {
      return "";
    }
    String found = String.join(",", record.toList()).replaceAll("[^ -~]", "?");
    String shown =
        found.length() > LONGEST_QUOTE ? found.substring(0, LONGEST_QUOTE) + "..." : found;
    return "%s, line %s: expected %s; found \"%s\"; it is left out%s%s"
        .formatted(
            file,
            line,
            expected,
            shown,
            left == 0 ? "" : left == 1 ? ", and so is the row behind it" : "",
            left > 1 ? ", and so are the " + left + " rows behind it" : "");
  }

  private static double number(CSVRecord record, String column) {
    return !record.isMapped(column) || record.get(column).isEmpty()
        ? Double.NaN
        : Double.parseDouble(record.get(column));
  }
}
