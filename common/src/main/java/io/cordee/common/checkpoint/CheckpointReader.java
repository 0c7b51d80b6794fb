package io.cordee.common.checkpoint;

import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.wire.FloatCodec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/** Reads a checkpoint; memory besides what is read: one chunk. */
public final class CheckpointReader implements Closeable {

  private final Path file;
  private final FileChannel channel;
  private final CheckpointHeader header;
  private final long front;
  private final int format;

  /** By chunk, as are those below. */
  private final ParameterState[] states;

  private final int[][] rows;
  private final Long[] checksums;

  private CheckpointReader(Path file, FileChannel channel, CheckpointHeader header)
      throws IOException {
    this.file = file;
    this.channel = channel;
    this.header = header;
    this.front = channel.position();
    this.format = FileFront.format(channel);
    this.states = new ParameterState[header.chunks().count()];
    this.rows = new int[states.length][];
    this.checksums = new Long[states.length];
  }

  /**
   * @throws CheckpointException if it is not a checkpoint, or its header is damaged
   */
  public static CheckpointReader open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return new CheckpointReader(file, channel, FileFront.read(file, channel));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  public CheckpointHeader header() {
    return header;
  }

  /**
   * The state of all chunks; of one with a base, only of what it adds.
   *
   * @throws CheckpointException if a chunk is damaged
   */
  public SavedState read() throws IOException {
    ByteBuffer block = ByteBuffer.allocateDirect(CheckpointWriter.bytesBehindHead(header));
    channel.position(front);
    Arrays.fill(states, null);
    for (int i = 0; i < states.length; i++) {
      read(i, block);
    }
    if (channel.position() != channel.size()) {
      throw new CheckpointException(
          file,
          "too long: expected %s bytes; found %s".formatted(channel.position(), channel.size()));
    }
    return format == 1
        ? new SavedState(header.mark(), List.of(states))
        : new SavedState(header.mark(), List.of(states), List.of(checksums));
  }

  /** The rows of the table that it adds to each chunk, once it is read. */
  public List<int[]> rows() {
    return List.of(rows);
  }

  /** Older formats have whole chunks in order, without their numbers. */
  private void read(int index, ByteBuffer block) throws IOException {
    boolean hasRows = format == FileFront.FORMAT;
    ByteBuffer head = ByteBuffer.allocate(hasRows ? CheckpointWriter.HEAD : Integer.BYTES);
    if (hasRows) {
      fill(head);
    }
    int chunk = hasRows ? head.getInt(0) : head.putInt(0, index).getInt(0);
    if (chunk < 0 || chunk >= states.length || states[chunk] != null) {
      throw damaged(
          "block %d is of chunk %d; expected one of 0 to %d, each once"
              .formatted(index, chunk, states.length - 1));
    }
    int size = header.chunks().size(chunk);
    int rowCount = hasRows ? head.getInt(Integer.BYTES) : 0;
    int values = hasRows ? head.getInt(2 * Integer.BYTES) : size;
    if (rowCount < 0 || rowCount > size || values < 0 || values > size) {
      throw damaged(
          "chunk %d: expected 0 to %d rows and values; found %d and %d"
              .formatted(chunk, size, rowCount, values));
    }
    int floats = rowCount + values * header.parts();
    int bytes = floats * Float.BYTES + (format == 1 ? 0 : Long.BYTES);
    fill(block.clear().limit(bytes + Integer.BYTES));
    if (FileFront.crc(head.clear(), block.duplicate().limit(bytes)) != block.getInt(bytes)) {
      throw damaged("the checksum of chunk " + chunk + " does not match");
    }
    rows[chunk] = new int[rowCount];
    block.asIntBuffer().get(rows[chunk]);
    states[chunk] = decoded(block.position(rowCount * Integer.BYTES), values);
    checksums[chunk] = format == 1 ? 0 : block.getLong();
  }

  private void fill(ByteBuffer buffer) throws IOException {
    if (!FileFront.fill(buffer, channel)) {
      throw new CheckpointException(file, "cut short: found " + channel.size() + " bytes");
    }
  }

  private CheckpointException damaged(String found) {
    return new CheckpointException(file, "damaged: " + found);
  }

  private ParameterState decoded(ByteBuffer block, int size) {
    float[][] parts = new float[header.parts()][size];
    for (float[] part : parts) {
      FloatCodec.decode(block, part, 0, size);
    }
    return ParameterState.of(
        parts[0], parts[1], Arrays.copyOfRange(parts, SavedState.WEIGHTS, parts.length));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
