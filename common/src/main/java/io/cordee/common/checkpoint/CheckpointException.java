package io.cordee.common.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** A damaged or malformed checkpoint; the message names the file. */
public final class CheckpointException extends IOException {

  private static final long serialVersionUID = 1L;

  CheckpointException(Path file, String problem) {
    super(file + ": " + problem);
  }
}
