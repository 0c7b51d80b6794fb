package io.cordee.worker.data;

/** A value's place in a file; knows how to say that something is wrong with it. */
interface Place {
  /**
   * An exception that names file, row and column before the complaint.
   *
   * @param complaint what was expected and what was found
   */
  DataException error(String complaint);
}
