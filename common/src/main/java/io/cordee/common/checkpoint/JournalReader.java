package io.cordee.common.checkpoint;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Reads a journal, record by record, as far as it is sound. */
public final class JournalReader implements Closeable {

  private static final int MAX_RECORD = 1 << 24;
  private static final int BUFFER = 1 << 18;

  public sealed interface Entry {

    record ChunkSigns(int version, int chunk, boolean lossRose, byte[] packed) implements Entry {}

    record RoundEnd(RoundMark mark) implements Entry {}
  }

  private final FileChannel channel;
  private final CheckpointHeader header;
  private final DataInputStream in;
  private final long size;
  private long position;

  private JournalReader(FileChannel channel, CheckpointHeader header) throws IOException {
    this.channel = channel;
    this.header = header;
    this.position = channel.position();
    this.size = channel.size();
    this.in =
        new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), BUFFER));
  }

  /**
   * @throws CheckpointException if it is not a journal, or its header is damaged
   */
  public static JournalReader open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return new JournalReader(
          channel, FileFront.read(file, channel, FileFront.JOURNAL, "a sign journal"));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  public CheckpointHeader header() {
    return header;
  }

  /** The next entry; empty at the end, or where the file is not sound any more. */
  public Optional<Entry> next() throws IOException {
    if (size - position < JournalWriter.FRONT + Integer.BYTES) {
      return Optional.empty();
    }
    byte kind = in.readByte();
    int length = in.readInt();
    long end = position + JournalWriter.FRONT + length + Integer.BYTES;
    if (length < 0 || length > MAX_RECORD || end > size) {
      return Optional.empty();
    }
    ByteBuffer record = ByteBuffer.allocate(JournalWriter.FRONT + length);
    record.put(kind).putInt(length);
    in.readFully(record.array(), JournalWriter.FRONT, length);
    if (in.readInt() != FileFront.crc(record.duplicate().clear())) {
      return Optional.empty();
    }
    Optional<Entry> entry = entry(kind, record);
    if (entry.isPresent()) {
      position = end;
    }
    return entry;
  }

  private static Optional<Entry> entry(byte kind, ByteBuffer content) {
    int length = content.remaining();
    if (kind == JournalWriter.ROUND && length == JournalWriter.ROUND_BYTES) {
      return Optional.of(
          new Entry.RoundEnd(
              new RoundMark(content.getInt(), content.getDouble(), content.getDouble())));
    }
    if (kind == JournalWriter.SIGNS && length >= JournalWriter.SIGNS_FRONT) {
      int version = content.getInt();
      int chunk = content.getInt();
      boolean lossRose = content.get() == 1;
      byte[] packed = new byte[content.remaining()];
      content.get(packed);
      return Optional.of(new Entry.ChunkSigns(version, chunk, lossRose, packed));
    }
    return Optional.empty();
  }

  /** Bytes behind the last entry that was read: 0 at the end of a journal that is sound. */
  public long bytesLeft() {
    return size - position;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
