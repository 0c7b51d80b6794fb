package io.cordee.common.checkpoint;

import io.cordee.common.rule.ParameterState;
import io.cordee.common.wire.FloatCodec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads a checkpoint; memory besides what is read: one chunk. */
public final class CheckpointReader implements Closeable {

  private final Path file;
  private final FileChannel channel;
  private final CheckpointHeader header;
  private final CheckpointLayout layout;

  private CheckpointReader(
      Path file, FileChannel channel, CheckpointHeader header, CheckpointLayout layout) {
    this.file = file;
    this.channel = channel;
    this.header = header;
    this.layout = layout;
  }

  /**
   * @throws CheckpointException if it is not a checkpoint, cut short, or its header is damaged
   */
  public static CheckpointReader open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      CheckpointHeader header = FileFront.read(file, channel, FileFront.CHECKPOINT, "a checkpoint");
      int front = Math.toIntExact(channel.position());
      boolean hasChecksums = FileFront.hasChecksums(channel);
      CheckpointLayout layout =
          new CheckpointLayout(front, header.chunks(), header.parts(), hasChecksums);
      if (channel.size() != layout.fileBytes()) {
        throw new CheckpointException(
            file,
            "%s: expected %s bytes; found %s"
                .formatted(
                    channel.size() < layout.fileBytes() ? "cut short" : "too long",
                    layout.fileBytes(),
                    channel.size()));
      }
      return new CheckpointReader(file, channel, header, layout);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  public CheckpointHeader header() {
    return header;
  }

  /**
   * @throws CheckpointException if a chunk is damaged
   */
  public SavedState read() throws IOException {
    List<ParameterState> states = new ArrayList<>();
    List<Long> checksums = new ArrayList<>();
    ByteBuffer block = ByteBuffer.allocateDirect(layout.blockBytes());
    channel.position(layout.at(0));
    for (int chunk = 0; chunk < header.chunks().count(); chunk++) {
      int bytes = layout.floats(chunk) * Float.BYTES + (layout.hasChecksums() ? Long.BYTES : 0);
      block.clear().limit(bytes + Integer.BYTES);
      if (!FileFront.fill(block, channel)
          || CheckpointLayout.crc(chunk, block.duplicate().limit(bytes)) != block.getInt(bytes)) {
        throw new CheckpointException(
            file, "damaged: the checksum of chunk " + chunk + " does not match");
      }
      states.add(decoded(block, header.chunks().size(chunk)));
      if (layout.hasChecksums()) {
        checksums.add(block.getLong());
      }
    }
    return layout.hasChecksums()
        ? new SavedState(header.mark(), states, checksums)
        : new SavedState(header.mark(), states);
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
