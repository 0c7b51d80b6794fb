package io.cordee.worker.data.rows;

/** A value's place in a file, for error messages. */
public interface RowPlace {
  /**
   * An exception that names file, row and column before what is wrong.
   *
   * @param expected without any file content
   */
  default DataException error(String expected, String found) {
    return error(expected, found, "");
  }

  /**
   * As above.
   *
   * @param hint at a cause
   */
  DataException error(String expected, String found, String hint);
}
