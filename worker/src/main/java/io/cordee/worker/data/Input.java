package io.cordee.worker.data;

import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;

/**
 * Bytes to read, from the start and any number of times; gzip is recognised by its first two bytes
 * and unpacked.
 */
final class Input {

  private static final int BUFFER_BYTES = 64 * 1024;

  /** Deflate makes at most 1,032 bytes of one: zlib.net/zlib_tech.html. */
  private static final int MOST_UNPACKED = 1032;

  /** Opens the bytes as they are stored. */
  private interface Opener {
    InputStream open() throws IOException;
  }

  private final String name;
  private final Opener stored;
  private final boolean gzipped;
  private final OptionalLong storedSize;

  private Input(String name, Opener stored, OptionalLong storedSize) {
    this.name = name;
    this.stored = stored;
    try (InputStream in = stored.open()) {
      byte[] start = in.readNBytes(2);
      gzipped = start.length == 2 && start[0] == (byte) 0x1f && start[1] == (byte) 0x8b;
    } catch (IOException e) {
      throw DataException.unreadable(name, e);
    }
    this.storedSize = storedSize;
  }

  static Input file(Path path) {
    try {
      // FileInputStream, since its skip() seeks.
      return new Input(
          path.toString(),
          () -> new FileInputStream(path.toFile()),
          OptionalLong.of(Files.size(path)));
    } catch (IOException e) {
      throw DataException.unreadable(path.toString(), e);
    }
  }

  /** A resource of this package. */
  static Input resource(String name) {
    return new Input(
        name,
        () -> {
          InputStream in = Input.class.getResourceAsStream(name);
          if (in == null) {
            throw new FileNotFoundException("it is missing from this build of Cordee");
          }
          return in;
        },
        OptionalLong.empty());
  }

  /** What messages call it. */
  String name() {
    return name;
  }

  /** The number of bytes that {@link #open} yields, where that is known without unpacking. */
  OptionalLong plainSize() {
    return gzipped ? OptionalLong.empty() : storedSize;
  }

  /** The most bytes that {@link #open} can yield, as far as that is known without unpacking. */
  OptionalLong mostPlain() {
    return gzipped && storedSize.isPresent()
        ? OptionalLong.of(storedSize.getAsLong() * MOST_UNPACKED)
        : storedSize;
  }

  /** The unpacked bytes. Skipping seeks where nothing is packed. */
  InputStream open() throws IOException {
    InputStream in = stored.open();
    if (!gzipped) {
      return new BufferedInputStream(in, BUFFER_BYTES);
    }
    try {
      return new BufferedInputStream(new GZIPInputStream(in, BUFFER_BYTES), BUFFER_BYTES);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }
}
