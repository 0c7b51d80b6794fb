package io.cordee.worker.fetch;

import io.cordee.common.file.Sha256;
import io.cordee.common.file.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
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

  /** Empty if nothing is wrong. */
  Optional<String> wrongWith(Path file) throws IOException {
    return hasSize(file) && Sha256.of(file).equals(sha256)
        ? Optional.empty()
        : Optional.of("%s does not match its expected size or SHA-256".formatted(name()));
  }

  /**
   * Marks a matching file, so as not to read it again until it changes.
   *
   * @param marks the folder of the marks; created if needed. If it is not writable, files are read
   *     each time
   */
  boolean isAt(Path file, Path marks) throws IOException {
    if (!hasSize(file)) {
      return false;
    }
    Path mark = marks.resolve(name() + ".sha256");
    // A line as of sha256sum, and the file's modification time.
    String line =
        "%s  %s  %s%n".formatted(sha256, file.toAbsolutePath(), Files.getLastModifiedTime(file));
    if (Files.isRegularFile(mark) && Files.readString(mark).equals(line)) {
      return true;
    }
    boolean isThis = wrongWith(file).isEmpty();
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
