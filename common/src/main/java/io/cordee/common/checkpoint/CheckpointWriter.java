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
 * Writes a checkpoint: behind the front a block for each chunk, in any order. The file takes its
 * place once it is complete and on the disk.
 *
 * <p>A block holds the chunk's number, the number of rows of a table, the number of values in each
 * part, the rows, the parts one behind the other, the chunk's checksum, and the CRC-32C of all
 * that. Values are little-endian float32; all else is big-endian: the checksum int64, the rest
 * int32.
 */
public final class CheckpointWriter implements Closeable {

  static final int HEAD = 3 * Integer.BYTES;

  private final Draft draft;
  private final CheckpointHeader header;
  private final ByteBuffer block;
  private final BitSet written = new BitSet();

  private CheckpointWriter(Draft draft, CheckpointHeader header) {
    this.draft = draft;
    this.header = header;
    this.block = ByteBuffer.allocateDirect(HEAD + bytesBehindHead(header));
  }

  /** Of the largest block. */
  static int bytesBehindHead(CheckpointHeader header) {
    int size = header.chunks().size(0);
    return size * (1 + header.parts()) * Float.BYTES + Long.BYTES + Integer.BYTES;
  }

  public static CheckpointWriter create(Path file, CheckpointHeader header) throws IOException {
    Draft draft = Draft.of(file);
    try {
      WholeFile.writeAll(FileFront.of(header), draft.channel());
      return new CheckpointWriter(draft, header);
    } catch (IOException | RuntimeException e) {
      draft.close();
      throw e;
    }
  }

  /** Writes a whole chunk; {@code content} is its parts in order. */
  public void put(int chunk, float[] content, long checksum) throws IOException {
    int size = header.chunks().size(chunk) * header.parts();
    if (content.length != size) {
      throw new IllegalArgumentException(
          "chunk " + chunk + " has " + size + " floats; found " + content.length);
    }
    put(chunk, new int[0], content, checksum);
  }

  /** Writes what precedes the table and these rows of a chunk. */
  public void put(int chunk, int[] rows, float[] content, long checksum) throws IOException {
    block.clear();
    block.putInt(chunk).putInt(rows.length).putInt(content.length / header.parts());
    for (int row : rows) {
      block.putInt(row);
    }
    FloatCodec.encode(content, 0, content.length, block);
    block.putLong(checksum);
    block.putInt(FileFront.crc(block.duplicate().flip())).flip();
    WholeFile.writeAll(block, draft.channel());
    written.set(chunk);
  }

  public boolean isComplete() {
    return written.cardinality() == header.chunks().count();
  }

  /**
   * @throws IllegalStateException if a chunk is missing
   */
  public void commit() throws IOException {
    if (!isComplete()) {
      throw new IllegalStateException(
          written.cardinality() + " of " + header.chunks().count() + " chunks are written");
    }
    draft.commit();
  }

  @Override
  public void close() throws IOException {
    draft.close();
  }
}
