package io.cordee.worker.fetch;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * A gzip file to fetch, known by what it unpacks to: the same content may be packed differently
 * elsewhere.
 *
 * @param name of the file
 * @param unpackedBytes how many bytes it unpacks to
 * @param unpackedSha256 their SHA-256 in lower-case hex
 */
public record RemoteFile(String name, long unpackedBytes, String unpackedSha256) {

  private static final int BUFFER_BYTES = 64 * 1024;

  /** What is wrong with a local copy of this file; empty if nothing is. */
  Optional<String> wrongWith(Path copy) {
    MessageDigest sha256 = sha256();
    long bytes = 0;
    try (InputStream in =
        new GZIPInputStream(new BufferedInputStream(Files.newInputStream(copy)), BUFFER_BYTES)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        sha256.update(buffer, 0, read);
        bytes += read;
        if (bytes > unpackedBytes) {
          return Optional.of("it unpacks to more than the expected " + unpackedBytes + " bytes");
        }
      }
    } catch (IOException e) {
      return Optional.of("it cannot be unpacked: " + Reasons.of(e));
    }
    String found = HexFormat.of().formatHex(sha256.digest());
    return found.equals(unpackedSha256)
        ? Optional.empty()
        : Optional.of(
            "the SHA-256 of what it unpacks to is " + found + "; expected " + unpackedSha256);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
