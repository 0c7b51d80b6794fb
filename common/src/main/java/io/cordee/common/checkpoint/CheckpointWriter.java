package io.cordee.common.checkpoint;

import io.cordee.common.file.Draft;
import io.cordee.common.file.WholeFile;
import io.cordee.common.wire.FloatCodec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.BitSet;

/**
 * Writes a checkpoint, chunk by chunk in any order. The file is there, as a whole and on the disk,
 * once it is {@linkplain #commit committed}; not at all if it is closed before.
 */
public final class CheckpointWriter implements Closeable {

  private final Draft draft;
  private final CheckpointLayout layout;
  private final ByteBuffer block;
  private final BitSet written = new BitSet();

  private CheckpointWriter(Draft draft, CheckpointLayout layout) {
    this.draft = draft;
    this.layout = layout;
    this.block = ByteBuffer.allocateDirect(layout.blockBytes());
  }

  public static CheckpointWriter create(Path file, CheckpointHeader header) throws IOException {
    Draft draft = Draft.of(file);
    try {
      ByteBuffer front = FileFront.of(FileFront.CHECKPOINT, header);
      CheckpointLayout layout =
          new CheckpointLayout(front.remaining(), header.chunks(), header.parts(), true);
      WholeFile.writeAll(front, draft.channel());
      return new CheckpointWriter(draft, layout);
    } catch (IOException | RuntimeException e) {
      draft.close();
      throw e;
    }
  }

  /** Writes a chunk; {@code content} is its parts in order, each of the chunk's size. */
  public void put(int chunk, float[] content, long checksum) throws IOException {
    if (content.length != layout.floats(chunk)) {
      throw new IllegalArgumentException(
          "chunk " + chunk + " has " + layout.floats(chunk) + " floats; found " + content.length);
    }
    block.clear();
    FloatCodec.encode(content, 0, content.length, block);
    block.putLong(checksum);
    block.putInt(CheckpointLayout.crc(chunk, block.duplicate().flip())).flip();
    draft.channel().position(layout.at(chunk));
    WholeFile.writeAll(block, draft.channel());
    written.set(chunk);
  }

  public boolean isComplete() {
    return written.cardinality() == layout.chunks().count();
  }

  /**
   * @throws IllegalStateException if a chunk is missing
   */
  public void commit() throws IOException {
    if (!isComplete()) {
      throw new IllegalStateException(
          written.cardinality() + " of " + layout.chunks().count() + " chunks are written");
    }
    draft.commit();
  }

  @Override
  public void close() throws IOException {
    draft.close();
  }
}
