package io.cordee.worker.data;

/** What of the rows a source is opened for. */
enum Wanted {
  /** Features and targets, both of which must be there. */
  ALL,
  /** The same; what labels there are names the classes, unless these are known. */
  TO_LEARN,
  /** Features alone. */
  FEATURES
}
