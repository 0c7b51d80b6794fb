package io.cordee.cli.tensorboard;

import io.cordee.formats.tensorboard.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * A file of TensorFlow records, each an event. A record is the length of its data (8 bytes,
 * little-endian), the masked CRC-32C of these bytes, the data, and their masked CRC-32C.
 *
 * <p>Events wait in memory until they are {@linkplain #write written}; what is written in part, as
 * the disk is full, is written again from its beginning. Not thread-safe.
 */
final class EventFile implements AutoCloseable {

  private static final int MASK = 0xa282ead8;

  private final Path file;
  private final FileChannel channel;
  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
  private long end;

  private EventFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Begins a file by a name that TensorBoard looks for, sorted behind those of earlier ones.
   *
   * @param seconds since 1970
   * @throws IOException if the folder cannot be written to
   */
  static EventFile create(Path folder, long seconds, String writer) throws IOException {
    for (int number = 0; ; number++) {
      Path file =
          folder.resolve(
              String.format(
                  Locale.ROOT, "events.out.tfevents.%010d.%s.%d", seconds, writer, number));
      try {
        return new EventFile(
            file, FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
      } catch (FileAlreadyExistsException e) {
        // Another one of the same second: the next number.
        continue;
      }
    }
  }

  Path path() {
    return file;
  }

  void append(Event event) {
    byte[] data = event.toByteArray();
    ByteBuffer record =
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES + data.length + Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(data.length);
    record.putInt(masked(record.array(), Long.BYTES));
    record.put(data).putInt(masked(data, data.length));
    waiting.writeBytes(record.array());
  }

  /** A CRC over data that hold CRCs themselves would be weak: hence the mask. */
  private static int masked(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return Integer.rotateRight((int) checksum.getValue(), 15) + MASK;
  }

  /** In bytes. */
  int waiting() {
    return waiting.size();
  }

  void drop() {
    waiting.reset();
  }

  void write() throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(waiting.toByteArray());
    for (long at = end; bytes.hasRemaining(); ) {
      at += channel.write(bytes, at);
    }
    end += waiting.size();
    waiting.reset();
  }

  /** Leaves whole records alone. */
  @Override
  public void close() throws IOException {
    try (channel) {
      channel.truncate(end);
    }
  }
}
