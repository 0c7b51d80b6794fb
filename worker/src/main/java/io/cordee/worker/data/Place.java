package io.cordee.worker.data;

/** A value's place in a file; knows how to say that something is wrong with it. */
interface Place {
  /**
   * An exception that names file, row and column before what is wrong.
   *
   * @param expected what was expected; nothing of what is in the file
   * @param found what was found instead
   */
  default DataException error(String expected, String found) {
    return error(expected, found, "");
  }

  /**
   * As above.
   *
   * @param hint what it may be due to
   */
  DataException error(String expected, String found, String hint);
}
