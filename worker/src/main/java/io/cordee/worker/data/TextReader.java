package io.cordee.worker.data;

import java.io.IOException;
import java.util.List;

/** Reads a file row by row, each value as a text. {@link Place} is the value being read. */
interface TextReader extends Place, AutoCloseable {

  /**
   * Moves to the next row, without looking into it.
   *
   * @return whether there is one
   */
  boolean advance() throws IOException;

  /**
   * Takes the row apart.
   *
   * @param cells receives the row's features
   * @param targets receives its targets as those of row {@code row}
   */
  void read(Cells cells, Targets targets, int row);

  /** The text of the row's label; empty if it has none. */
  String label();

  /** What the row has in the columns that the job ignores. */
  default List<String> ignored() {
    return List.of();
  }

  @Override
  void close() throws IOException;
}
