package io.cordee.proto.security;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * A file that a user has named, and the option that named it.
 *
 * @param option as the user knows it, such as {@code --tls-cert}
 */
public record NamedFile(String option, Path path) {

  private static final int MOST = 1 << 20;

  /**
   * Its content.
   *
   * @throws AccessException if it cannot be read, is empty, or is far too large
   */
  byte[] read() {
    if (Files.isDirectory(path)) {
      throw error("expected a file, found a folder");
    }
    // Not by its size, which a pipe does not have.
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(MOST + 1);
      if (bytes.length == 0) {
        throw error("the file is empty");
      }
      if (bytes.length > MOST) {
        throw error("expected at most %d bytes, found more", MOST);
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw error("no such file");
    } catch (AccessDeniedException e) {
      throw error("permission denied; make it readable by the user that runs this process");
    } catch (IOException e) {
      throw error("cannot be read: %s", e.getMessage());
    }
  }

  /** Returns whether other users of this machine may read it, as far as the file system tells. */
  public boolean isReadableByOthers() {
    try {
      Set<PosixFilePermission> may = Files.getPosixFilePermissions(path);
      return may.contains(PosixFilePermission.GROUP_READ)
          || may.contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  AccessException error(String format, Object... values) {
    return new AccessException(this + ": " + format.formatted(values));
  }

  @Override
  public String toString() {
    return option + " " + path;
  }
}
