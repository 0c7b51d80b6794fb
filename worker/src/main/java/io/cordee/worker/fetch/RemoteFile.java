package io.cordee.worker.fetch;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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
  Optional<String> wrongWith(byte[] copy) {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(copy))) {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), sha256));
      String found = HexFormat.of().formatHex(sha256.digest());
      return found.equals(unpackedSha256)
          ? Optional.empty()
          : Optional.of(
              "the SHA-256 of what it unpacks to is " + found + "; expected " + unpackedSha256);
    } catch (IOException e) {
      return Optional.of("it cannot be unpacked (" + e + ")");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
