package io.cordee.worker.data.format;

import io.cordee.common.job.data.TableFormat;
import io.cordee.worker.data.rows.DataException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

public sealed interface TableFile permits CsvFile, GivenRows, ParquetFile {

  /**
   * @throws DataException if it cannot be read, or has another format
   */
  static TableFile of(TableFormat format, Path path) {
    Input input = Input.file(path);
    refuseOthers(input);
    if (format instanceof TableFormat.Csv csv) {
      if (ParquetFile.isOne(input)) {
        throw new DataException(
            "%s is a Parquet file; expected CSV: give it with format: parquet", path);
      }
      return new CsvFile(csv, input);
    }
    return ParquetFile.of(path);
  }

  /** Refuses other table formats by name. */
  static void refuseOthers(Input input) {
    String start = input.start(256); // JSON may begin with a byte order mark, and be indented
    String json = "(\u00ef\u00bb\u00bf)?\\s*(\\{\\s*[\"}]|\\[\\s*(\\{\\s*[\"}]|\\[\\s*[\"\\d-]))";
    if (Pattern.compile(json).matcher(start).lookingAt()) {
      throw new DataException(
          "%s: a JSON file; expected CSV or Parquet: convert it in Python with pandas.read_json(FILE).to_parquet(\"table.parquet\"); if each line is an object, give read_json lines=True",
          input.name());
    }
    String kind =
        start.startsWith("ARROW1") || start.startsWith("\u00ff\u00ff\u00ff\u00ff")
            ? "Arrow"
            : start.startsWith("PK\u0003\u0004") ? "an Excel workbook or a ZIP archive" : "";
    if (!kind.isEmpty()) {
      throw new DataException(
          "%s: expected CSV or Parquet; found %s; convert it, as with DataFrame.to_parquet of pandas",
          input.name(), kind);
    }
  }

  String name();

  /** The names of the columns, or the first row of a table that has none. */
  List<String> first();

  /** Returns whether each row has one cell in the column, rather than a list or a group of them. */
  boolean hasCells(int column);

  /**
   * @param from what a reader of the file gave as the start of a row; the file's number is ignored
   */
  CellReader open(RowStart from) throws IOException;
}
