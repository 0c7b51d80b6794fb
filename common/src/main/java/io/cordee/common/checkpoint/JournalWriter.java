package io.cordee.common.checkpoint;

import io.cordee.common.file.WholeFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Appends the steps of a sign-driven rule to a journal: a record for each chunk and round, and one
 * for the round when all its chunks have been stepped.
 *
 * <p>A record is a letter (S or R), its length in bytes, its content, and the CRC-32C of all that.
 * Of S: version, chunk, whether the loss rose (0 or 1), the signs as {@link
 * io.cordee.common.wire.Signs} packs them. Of R: version, mean loss, seconds. Numbers are
 * big-endian. What comes behind a record that is not sound is not there.
 */
public final class JournalWriter implements Closeable {

  static final byte SIGNS = 'S';
  static final byte ROUND = 'R';
  static final int FRONT = 1 + Integer.BYTES;
  static final int SIGNS_FRONT = 2 * Integer.BYTES + 1;
  static final int ROUND_BYTES = Integer.BYTES + 2 * Double.BYTES;

  private final FileChannel channel;

  private JournalWriter(FileChannel channel) {
    this.channel = channel;
  }

  /** Replaces an existing file. */
  public static JournalWriter create(Path file, CheckpointHeader header) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    try {
      WholeFile.writeAll(FileFront.of(FileFront.JOURNAL, header), channel);
      return new JournalWriter(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  public void signs(int version, int chunk, boolean lossRose, byte[] packed) throws IOException {
    ByteBuffer record = record(SIGNS, SIGNS_FRONT + packed.length);
    record.putInt(version).putInt(chunk).put((byte) (lossRose ? 1 : 0)).put(packed);
    append(record);
  }

  /** Every chunk stands at the mark's version. */
  public void round(RoundMark mark) throws IOException {
    ByteBuffer record = record(ROUND, ROUND_BYTES);
    record.putInt(mark.version()).putDouble(mark.meanLoss()).putDouble(mark.seconds());
    append(record);
  }

  private static ByteBuffer record(byte kind, int length) {
    return ByteBuffer.allocate(FRONT + length + Integer.BYTES).put(kind).putInt(length);
  }

  private void append(ByteBuffer record) throws IOException {
    record.putInt(FileFront.crc(record.duplicate().flip()));
    WholeFile.writeAll(record.flip(), channel);
  }

  /** Waits until what was appended is on the disk. */
  public void force() throws IOException {
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
