package io.cordee.worker.fetch;

import io.cordee.common.file.Sha256;
import io.cordee.common.file.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A jar of a Maven repository.
 *
 * @param path in the repository
 * @param sha256 in lower-case hex
 */
record Library(String path, long bytes, String sha256) {

  private static final Logger LOG = LoggerFactory.getLogger(Library.class);

  String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Whether a file is this one. */
  boolean isAt(Path file) throws IOException {
    return hasSize(file) && Sha256.of(file).equals(sha256);
  }

  /**
   * As {@link #isAt}. A file that is this one is marked, and not read again until it changes.
   *
   * @param marks the folder of the marks; made if need be. Where it cannot be written, files are
   *     read each time
   */
  boolean isAt(Path file, Path marks) throws IOException {
    if (!hasSize(file)) {
      return false;
    }
    Path mark = marks.resolve(name() + ".sha256");
    // Like a line of sha256sum, and when the file was written.
    String line =
        "%s  %s  %s%n".formatted(sha256, file.toAbsolutePath(), Files.getLastModifiedTime(file));
    if (Files.isRegularFile(mark) && Files.readString(mark).equals(line)) {
      return true;
    }
    boolean isThis = isAt(file);
    if (isThis) {
      try {
        Files.createDirectories(marks);
        WholeFile.write(mark, line);
      } catch (IOException e) {
        LOG.debug("{} is read each time: {}", file, e.getMessage());
      }
    }
    return isThis;
  }

  private boolean hasSize(Path file) throws IOException {
    return Files.isRegularFile(file) && Files.size(file) == bytes;
  }
}
