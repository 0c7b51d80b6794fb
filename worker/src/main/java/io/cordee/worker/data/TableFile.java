package io.cordee.worker.data;

import io.cordee.common.job.TableFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A file that holds a table. */
sealed interface TableFile permits CsvFile, ParquetFile {

  /**
   * A file of this format.
   *
   * @throws DataException if it cannot be read, or is of another
   */
  static TableFile of(TableFormat format, Path path) {
    if (format instanceof TableFormat.Csv csv) {
      Input input = Input.file(path);
      if (ParquetFile.isOne(input)) {
        throw new DataException(
            "%s is a Parquet file; expected CSV: give it with format: parquet", path);
      }
      return new CsvFile(csv, input);
    }
    return ParquetFile.of(path);
  }

  /** What messages call it. */
  String name();

  /** The names of the columns, or the first row of a table that has none. */
  List<String> first();

  /**
   * These columns, without those that are ignored and have no cells.
   *
   * @throws DataException if others have none
   */
  TableColumns withCells(TableColumns columns);

  /**
   * Starts to read it.
   *
   * @param named the label or targets, as the job calls them
   */
  TableReader open(TableColumns columns, List<String> named) throws IOException;
}
