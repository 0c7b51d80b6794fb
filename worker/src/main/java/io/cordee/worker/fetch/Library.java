package io.cordee.worker.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

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

  /** Whether a file can be this one: it was compared as a whole when it came. */
  boolean isAt(Path file) throws IOException {
    return Files.isRegularFile(file) && Files.size(file) == bytes;
  }

  /** Whether a file is this one. */
  boolean isExactlyAt(Path file) throws IOException {
    return isAt(file) && sha256(file).equals(sha256);
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
