package io.cordee.worker.data;

/** What of the rows a source is opened for. */
enum Wanted {
  /** Features and targets, both of which must be there. */
  ALL,
  /** Features alone. */
  FEATURES
}
