package io.cordee.common.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The checksum that {@code sha256sum} prints. */
public final class Sha256 {

  private Sha256() {}

  /** Of a file, or of several one after the other, as 64 hex digits. */
  public static String of(Path... files) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : files) {
        try (InputStream in = Files.newInputStream(file)) {
          in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
