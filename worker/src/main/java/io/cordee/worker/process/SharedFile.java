package io.cordee.worker.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file in memory that this worker and its children share. It only grows, and what it has of a
 * file system is taken before it is mapped: a full one is an error here instead of a signal later.
 */
final class SharedFile implements AutoCloseable {

  private static final int ZEROS = 1 << 20;

  /** Sections begin at multiples of this, for vector instructions. */
  private static final int ALIGNMENT = 64;

  private final Path path;
  private final FileChannel channel;
  private long length;

  SharedFile(Path path) throws IOException {
    this.path = path;
    channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  Path path() {
    return path;
  }

  long length() {
    return length;
  }

  /** Returns the first place for a section behind one of {@code bytes} at {@code from}. */
  static long after(long from, long bytes) {
    return (from + bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /**
   * Lengthens the file, unless it is as long already.
   *
   * @throws IOException if the file system is full
   */
  void grow(long to) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(ZEROS, Math.max(0, to - length)));
    while (length < to) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), to - length));
      length += channel.write(zeros, length);
    }
  }

  /**
   * Maps a section.
   *
   * @throws IOException if it is longer than 2 GiB, which Java cannot map
   */
  FloatBuffer floats(long from, long count) throws IOException {
    return map(from, Float.BYTES * count).asFloatBuffer();
  }

  LongBuffer longs(long from, long count) throws IOException {
    return map(from, Long.BYTES * count).asLongBuffer();
  }

  private ByteBuffer map(long from, long bytes) throws IOException {
    if (bytes > Integer.MAX_VALUE) {
      throw new IOException(
          "expected at most 2 GiB of parameters, or of features of a partition; found %d MiB; more partitions make each smaller"
              .formatted(bytes >> 20));
    }
    return channel.map(MapMode.READ_WRITE, from, bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(path);
  }
}
