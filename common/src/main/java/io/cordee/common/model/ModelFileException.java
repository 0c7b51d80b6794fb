package io.cordee.common.model;

import java.io.IOException;
import java.nio.file.Path;

/** A model file that cannot be read or written; the message begins with the file's name. */
public final class ModelFileException extends IOException {

  ModelFileException(Path file, String problem) {
    super(file + ": " + problem);
  }

  public ModelFileException(Path file, String template, Object... values) {
    this(file, template.formatted(values));
  }

  ModelFileException(Path file, String problem, IOException cause) {
    super(file + ": " + problem + ": " + reason(cause), cause);
  }

  private static String reason(IOException cause) {
    if (cause.getMessage() == null || cause.getMessage().isBlank()) {
      return cause.getClass().getSimpleName();
    }
    // A plain one says it in words; others' messages may be no more than a file's name.
    return cause.getClass() == IOException.class
        ? cause.getMessage()
        : cause.getClass().getSimpleName() + " " + cause.getMessage();
  }
}
