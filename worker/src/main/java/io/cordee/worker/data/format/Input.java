package io.cordee.worker.data.format;

import com.github.luben.zstd.ZstdInputStream;
import io.cordee.worker.data.rows.DataException;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * Bytes to read, from the start and any number of times; gzip and Zstandard are recognised by their
 * first bytes and unpacked, except in memory.
 */
public final class Input {

  private static final int BUFFER_BYTES = 64 * 1024;

  private enum Packing {
    NONE(1),
    /** Deflate: zlib.net/zlib_tech.html. */
    GZIP(1032),
    /** A block of 128 KiB takes 4 bytes: RFC 8878. */
    ZSTD(32 * 1024);

    /** Upper bound on the bytes that one packed byte unpacks to. */
    private final int mostUnpacked;

    Packing(int mostUnpacked) {
      this.mostUnpacked = mostUnpacked;
    }

    static Packing of(byte[] start) {
      return begins(start, 0x1f, 0x8b) ? GZIP : begins(start, 0x28, 0xb5, 0x2f, 0xfd) ? ZSTD : NONE;
    }

    private static boolean begins(byte[] start, int... with) {
      return start.length >= with.length
          && IntStream.range(0, with.length).allMatch(i -> start[i] == (byte) with[i]);
    }
  }

  private interface Opener {
    InputStream open() throws IOException;
  }

  private final String name;
  private final Opener stored;
  private final Packing packing;
  private final OptionalLong storedSize;
  private final Optional<Path> path;

  private Input(String name, Opener stored, OptionalLong storedSize, Optional<Path> path) {
    this(name, stored, packing(name, stored), storedSize, path);
  }

  private Input(
      String name, Opener stored, Packing packing, OptionalLong storedSize, Optional<Path> path) {
    this.name = name;
    this.stored = stored;
    this.packing = packing;
    this.storedSize = storedSize;
    this.path = path;
  }

  private static Packing packing(String name, Opener stored) {
    try (InputStream in = stored.open()) {
      return Packing.of(in.readNBytes(4));
    } catch (IOException e) {
      throw DataException.unreadable(name, e);
    }
  }

  /** Bytes in memory, which are never unpacked. */
  public static Input memory(String name, byte[] bytes) {
    return new Input(
        name,
        () -> new ByteArrayInputStream(bytes),
        Packing.NONE,
        OptionalLong.of(bytes.length),
        Optional.empty());
  }

  public static Input file(Path path) {
    try {
      // FileInputStream, since its skip() seeks.
      return new Input(
          path.toString(),
          () -> new FileInputStream(path.toFile()),
          OptionalLong.of(Files.size(path)),
          Optional.of(path));
    } catch (IOException e) {
      throw DataException.unreadable(path.toString(), e);
    }
  }

  /**
   * A resource.
   *
   * @param name what messages call it
   * @param owner in whose package it is
   */
  public static Input resource(String name, Class<?> owner, String file) {
    return new Input(
        name,
        () -> {
          InputStream in = owner.getResourceAsStream(file);
          if (in == null) {
            throw new FileNotFoundException("it is missing from this build of Cordee");
          }
          return in;
        },
        OptionalLong.empty(),
        Optional.empty());
  }

  public String name() {
    return name;
  }

  String start(int bytes) {
    try (InputStream in = open()) {
      return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw DataException.unreadable(name, e);
    }
  }

  /** The number of bytes that {@link #open} yields, if known without unpacking. */
  OptionalLong plainSize() {
    return packing == Packing.NONE ? storedSize : OptionalLong.empty();
  }

  /** The file of the bytes, if they are not packed. */
  Optional<Path> plainFile() {
    return path.filter(it -> packing == Packing.NONE);
  }

  /** The most bytes that {@link #open} can yield, as far as known without unpacking. */
  OptionalLong mostPlain() {
    return storedSize.isPresent()
        ? OptionalLong.of(storedSize.getAsLong() * packing.mostUnpacked)
        : storedSize;
  }

  /** The unpacked bytes. Skipping seeks where nothing is packed. */
  InputStream open() throws IOException {
    InputStream in = stored.open();
    try {
      return new BufferedInputStream(
          switch (packing) {
            case NONE -> in;
            case GZIP -> new GZIPInputStream(in, BUFFER_BYTES);
            case ZSTD -> new ZstdInputStream(in);
          },
          BUFFER_BYTES);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }
}
