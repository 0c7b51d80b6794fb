package io.cordee.worker.data;

import java.io.IOException;

/**
 * Rows cannot be had as the job describes them. The message is one line that says where and why.
 */
public final class DataException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public DataException(String message) {
    super(message);
  }

  DataException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The same, with the name of the file before it. */
  DataException within(String name) {
    return new DataException(name + ": " + getMessage(), this);
  }

  static DataException unreadable(String name, IOException cause) {
    String said =
        cause.getMessage() == null ? "" : cause.getMessage().lines().findFirst().orElse("");
    // What the system says begins with the file's name, and may be no more than that.
    String why = (said.startsWith(name) ? said.substring(name.length()) : said).strip();
    return new DataException(
        "cannot read " + name + ": " + (why.isEmpty() ? cause.getClass().getSimpleName() : why),
        cause);
  }
}
