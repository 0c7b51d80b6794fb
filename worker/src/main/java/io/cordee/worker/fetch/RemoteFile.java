package io.cordee.worker.fetch;

import io.cordee.common.file.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * A gzip file to fetch, identified by its unpacked content, which may be packed differently
 * elsewhere.
 *
 * @param unpackedSha256 in lower-case hex
 */
public record RemoteFile(String name, String unpackedSha256) {

  /** Empty if nothing is wrong. */
  Optional<String> wrongWith(Path copy) {
    try (InputStream packed = Files.newInputStream(copy);
        InputStream in = new GZIPInputStream(packed)) {
      String found = Sha256.of(in);
      return found.equals(unpackedSha256)
          ? Optional.empty()
          : Optional.of(
              "the SHA-256 of what it unpacks to is " + found + "; expected " + unpackedSha256);
    } catch (IOException e) {
      return Optional.of("it cannot be unpacked (" + e + ")");
    }
  }
}
