package io.cordee.common.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The front of a checkpoint: eight letters that name the kind of file, the version of the format,
 * the header's length, the header, and the CRC-32C of all that. Numbers are big-endian.
 */
final class FileFront {

  static final String KIND = "CORDEECP";

  /** 1 is without the checksums of chunks, 2 without rows. */
  static final int FORMAT = 3;

  private static final int FIXED = 16;
  private static final int MAX_HEADER = 2 << 20;

  private FileFront() {}

  static ByteBuffer of(CheckpointHeader header) {
    byte[] content = header.toBytes();
    ByteBuffer front = ByteBuffer.allocate(FIXED + content.length + Integer.BYTES);
    front.put(KIND.getBytes(StandardCharsets.US_ASCII));
    front.putInt(FORMAT).putInt(content.length).put(content);
    front.putInt(crc(front.duplicate().flip()));
    return front.flip();
  }

  /**
   * Reads it from where the channel stands, at the beginning.
   *
   * @throws CheckpointException if it is not such a file, or damaged
   */
  static CheckpointHeader read(Path file, FileChannel channel) throws IOException {
    ByteBuffer fixed = ByteBuffer.allocate(FIXED);
    boolean isWhole = fill(fixed, channel);
    String found = new String(fixed.array(), 0, KIND.length(), StandardCharsets.US_ASCII);
    if (!isWhole || !found.equals(KIND)) {
      throw new CheckpointException(file, "not a checkpoint: it does not begin with " + KIND);
    }
    int format = fixed.getInt(KIND.length());
    if (format < 1 || format > FORMAT) {
      throw new CheckpointException(
          file,
          "expected format %d at most; found %d, of another version of Cordee"
              .formatted(FORMAT, format));
    }
    int length = fixed.getInt(FIXED - Integer.BYTES);
    if (length < 0 || length > MAX_HEADER) {
      throw new CheckpointException(file, "damaged: its header would have " + length + " bytes");
    }
    ByteBuffer rest = ByteBuffer.allocate(length + Integer.BYTES);
    if (!fill(rest, channel)) {
      throw new CheckpointException(file, "cut short: it ends within its header");
    }
    byte[] content = new byte[length];
    rest.get(0, content);
    CRC32C crc = new CRC32C();
    crc.update(fixed.array());
    crc.update(content);
    if ((int) crc.getValue() != rest.getInt(length)) {
      throw new CheckpointException(file, "damaged: its header's checksum does not match");
    }
    try {
      return CheckpointHeader.of(content);
    } catch (EOFException | IllegalArgumentException e) {
      throw new CheckpointException(file, "its header cannot be: " + e.getMessage());
    }
  }

  /** The format of a file whose front was read. */
  static int format(FileChannel channel) throws IOException {
    ByteBuffer format = ByteBuffer.allocate(Integer.BYTES);
    channel.read(format, KIND.length());
    return format.getInt(0);
  }

  static int crc(ByteBuffer... bytes) {
    CRC32C crc = new CRC32C();
    for (ByteBuffer part : bytes) {
      crc.update(part);
    }
    return (int) crc.getValue();
  }

  /** Fills the buffer and flips it; false if the channel ends before. */
  static boolean fill(ByteBuffer buffer, FileChannel channel) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        return false;
      }
    }
    buffer.flip();
    return true;
  }
}
