package io.cordee.worker.fetch;

import io.cordee.common.file.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A jar of a Maven repository.
 *
 * @param path in the repository
 * @param sha256 in lower-case hex
 */
record Library(String path, long bytes, String sha256) {

  String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Compares sizes alone; the checksum is verified when a file is downloaded. */
  boolean isAt(Path file) throws IOException {
    return Files.isRegularFile(file) && Files.size(file) == bytes;
  }

  /** Empty if nothing is wrong. */
  Optional<String> wrongWith(Path file) throws IOException {
    return isAt(file) && Sha256.of(file).equals(sha256)
        ? Optional.empty()
        : Optional.of("%s does not match its expected size or SHA-256".formatted(name()));
  }
}
