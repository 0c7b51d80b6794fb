package io.cordee.server.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A CSV file that grows by rows. Rows that cannot be written, as the disk is full, are kept and
 * tried again with the next. A row is in the file before its round is over, so that a run is never
 * resumed behind rows that are missing.
 *
 * <p>Holds a lock, so that no two processes write to one run.
 */
final class MetricsFile implements AutoCloseable {

  private final Path file;
  private final FileChannel channel;
  private final StringBuilder waiting = new StringBuilder();
  private long end;

  private MetricsFile(Path file, FileChannel channel, long end) {
    this.file = file;
    this.channel = channel;
    this.end = end;
  }

  /**
   * Begins a file.
   *
   * @throws IOException if there is one of that name, or it cannot be written
   */
  static MetricsFile create(Path file, String header) throws IOException {
    MetricsFile metrics =
        new MetricsFile(
            file,
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            0);
    metrics.lock();
    metrics.append(header);
    return metrics;
  }

  /**
   * Goes on with a file.
   *
   * @throws IOException if another process does, or it cannot be read and written
   */
  static MetricsFile open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    MetricsFile metrics = new MetricsFile(file, channel, channel.size());
    metrics.lock();
    return metrics;
  }

  private void lock() throws IOException {
    boolean isOurs;
    try {
      isOurs = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      isOurs = false;
    }
    if (!isOurs) {
      channel.close();
      throw new IOException(
          file + ": another process writes to this run; wait for its end, or end it");
    }
  }

  /** Cuts the file off in front of the first row whose round is not below this, or not whole. */
  void cutAt(int round) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int keep = 0;
    boolean isHeader = true;
    for (int at = 0; at < bytes.length; at++) {
      if (bytes[at] != '\n') {
        continue;
      }
      String line = new String(bytes, keep, at - keep, StandardCharsets.UTF_8);
      if (!isHeader && roundOf(line) >= round) {
        break;
      }
      isHeader = false;
      keep = at + 1;
    }
    channel.truncate(keep);
    end = keep;
  }

  private static int roundOf(String row) {
    int comma = row.indexOf(',');
    try {
      return comma < 0 ? Integer.MAX_VALUE : Integer.parseInt(row.substring(0, comma));
    } catch (NumberFormatException e) {
      return Integer.MAX_VALUE;
    }
  }

  /** Adds a row, with its line break. */
  void append(String row) throws IOException {
    waiting.append(row);
    write();
  }

  /** Writes what waits to be. */
  void write() throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(waiting.toString().getBytes(StandardCharsets.UTF_8));
    int length = bytes.remaining();
    // What is written in part is written again from its beginning.
    for (long at = end; bytes.hasRemaining(); ) {
      at += channel.write(bytes, at);
    }
    end += length;
    waiting.setLength(0);
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      write();
    }
  }
}
