package io.cordee.server.run;

import io.cordee.common.text.OutsideText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A CSV file that grows by rows. Rows that cannot be written, as the disk is full, are kept and
 * tried again with the next.
 */
final class MetricsFile implements AutoCloseable {

  private static final int LONGEST_FOUND = 80;

  private final Path file;
  private final FileChannel channel;
  private final int columns;
  private final StringBuilder waiting = new StringBuilder();
  private long end;

  /** The round of the row to come. */
  private int next;

  private MetricsFile(Path file, FileChannel channel, String header) {
    this.file = file;
    this.channel = channel;
    this.columns = header.split(",").length;
  }

  /**
   * Begins a file.
   *
   * @throws IOException if there is one of that name, or it cannot be written
   */
  static MetricsFile create(Path file, String header) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      MetricsFile metrics = new MetricsFile(file, channel, header);
      metrics.waiting.append(header);
      metrics.write();
      return metrics;
    } catch (IOException | RuntimeException e) {
      channel.close();
      // Nothing is begun.
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /**
   * Goes on with a file behind its last row that is whole.
   *
   * @param header that it begins with, or that is put in front where a process was killed before it
   *     did
   * @throws IOException if it begins with something else, or cannot be read and written
   */
  static MetricsFile open(Path file, String header) throws IOException {
    requireHeader(file, header);
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      MetricsFile metrics = new MetricsFile(file, channel, header);
      metrics.next = metrics.cut(Integer.MAX_VALUE);
      if (metrics.end == 0) {
        metrics.waiting.append(header);
        metrics.write();
      }
      return metrics;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void requireHeader(Path file, String header) throws IOException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    if (!text.startsWith(header) && !header.startsWith(text)) {
      String first = text.lines().findFirst().orElse("");
      throw new IOException(
          String.format(
              "%s is damaged: expected to begin with \"%s\", found \"%s\"; move it away, and the run goes on without its rows",
              file, header.strip(), OutsideText.printable(first, LONGEST_FOUND)));
    }
  }

  /** The round of the row to come. */
  int next() {
    return next;
  }

  /** The rows from this round on are written again. */
  void goOnAt(int round) throws IOException {
    cut(round);
    List<String> kept = waiting.toString().lines().filter(row -> roundOf(row) < round).toList();
    waiting.setLength(0);
    kept.forEach(row -> waiting.append(row).append('\n'));
    next = round;
  }

  /**
   * Cuts the file off in front of the first row that is not below this round, or not sound; the
   * round behind the last that stays.
   */
  private int cut(int round) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int keep = 0;
    int last = -1;
    boolean isHeader = true;
    for (int at = 0; at < bytes.length; at++) {
      if (bytes[at] != '\n') {
        continue;
      }
      String row = new String(bytes, keep, at - keep, StandardCharsets.ISO_8859_1);
      if (!isHeader) {
        int found = roundOf(row);
        if (found >= round || found <= last || !isSound(row)) {
          break;
        }
        last = found;
      }
      isHeader = false;
      keep = at + 1;
    }
    channel.truncate(keep);
    end = keep;
    return last + 1;
  }

  private static int roundOf(String row) {
    int comma = row.indexOf(',');
    try {
      return comma < 0 ? Integer.MAX_VALUE : Integer.parseInt(row.substring(0, comma));
    } catch (NumberFormatException e) {
      return Integer.MAX_VALUE;
    }
  }

  /** Whether it has a value, or none, in every column, all numbers but the digest at its end. */
  private boolean isSound(String row) {
    String[] values = row.split(",", -1);
    if (values.length != columns) {
      return false;
    }
    try {
      for (int i = 0; i < columns - 1; i++) {
        if (!values[i].isEmpty()) {
          Double.parseDouble(values[i]);
        }
      }
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** Adds the row of a round, with its line break. */
  void append(int round, String row) throws IOException {
    waiting.append(row);
    next = round + 1;
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
