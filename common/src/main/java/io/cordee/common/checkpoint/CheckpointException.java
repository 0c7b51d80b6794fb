package io.cordee.common.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** A file of a checkpoint or journal is not what it should be; the message names it. */
public final class CheckpointException extends IOException {

  private static final long serialVersionUID = 1L;

  CheckpointException(Path file, String problem) {
    super(file + ": " + problem);
  }
}
