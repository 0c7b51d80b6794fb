package io.cordee.experiment.run;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads {@code metrics.csv}, also while it is written or after its writer was killed: what is not a
 * whole row ends it. Columns are found by name, so that others may stand between them.
 */
final class MetricsReader {

  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();

  private MetricsReader() {}

  static Metrics read(Path file) throws IOException {
    List<Metrics.Row> rows = new ArrayList<>();
    try (Reader text = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1);
        CSVParser parser = FORMAT.parse(text)) {
      List<String> columns = parser.getHeaderNames();
      if (!columns.containsAll(List.of("round", "loss", "seconds"))) {
        throw new IOException(
            file
                + ": expected a first line that names the columns round, loss and seconds; found "
                + columns);
      }
      int last = -1;
      for (CSVRecord record : parser) {
        if (record.size() != columns.size() || !record.get("round").matches("\\d{1,9}")) {
          break;
        }
        int round = Integer.parseInt(record.get("round"));
        if (round <= last) {
          break;
        }
        last = round;
        rows.add(
            new Metrics.Row(
                round,
                number(record, "loss"),
                number(record, "train_accuracy"),
                number(record, "test_accuracy"),
                number(record, "seconds"),
                record.isMapped("digest") ? record.get("digest") : ""));
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": not a table of metrics: " + e.getMessage(), e);
    }
    return Metrics.of(rows);
  }

  private static double number(CSVRecord record, String column) {
    if (!record.isMapped(column) || record.get(column).isEmpty()) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(record.get(column));
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
