package io.cordee.common.model;

import java.io.IOException;
import java.nio.file.Path;

/** A model file that cannot be read or written; the message begins with the file's name. */
public final class ModelFileException extends IOException {

  ModelFileException(Path file, String problem) {
    super(file + ": " + problem);
  }

  ModelFileException(Path file, String problem, IOException cause) {
    super(file + ": " + problem + ": " + reason(cause), cause);
  }

  private static String reason(IOException cause) {
    return cause.getMessage() == null || cause.getMessage().isBlank()
        ? cause.getClass().getSimpleName()
        : cause.getClass().getSimpleName() + " " + cause.getMessage();
  }
}
