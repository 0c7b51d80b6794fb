package io.cordee.worker.data.format;

import io.cordee.worker.data.rows.Targets;
import java.io.IOException;
import java.util.List;

/** Reads a file row by row, each value as a text. */
public interface TextReader extends AutoCloseable {

  /**
   * Does not parse the row.
   *
   * @return whether there is one
   */
  boolean advance() throws IOException;

  /** Where the file can be opened to read this row. */
  RowStart start();

  /**
   * @param targets receives the row's targets as those of row {@code row}
   */
  void read(Cells cells, Targets targets, int row);

  /** Empty if the row has none. */
  String label();

  default List<String> ignored() {
    return List.of();
  }

  @Override
  void close() throws IOException;
}
