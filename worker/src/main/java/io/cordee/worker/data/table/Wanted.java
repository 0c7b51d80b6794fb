package io.cordee.worker.data.table;

public enum Wanted {
  /** Features and required targets. */
  ALL,
  /** The same; the labels name the classes, unless these are known. */
  TO_LEARN,
  FEATURES
}
