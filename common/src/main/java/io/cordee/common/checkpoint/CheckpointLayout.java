package io.cordee.common.checkpoint;

import io.cordee.common.reduce.Chunks;
import java.nio.ByteBuffer;

/**
 * Where things stand in a checkpoint: behind the front one block for each chunk, in order: its
 * parts, one behind the other, as little-endian float32, the chunk's checksum, and the CRC-32C of
 * the chunk's number and of these bytes.
 *
 * @param hasChecksums of chunks; the first format had none
 */
record CheckpointLayout(int front, Chunks chunks, int parts, boolean hasChecksums) {

  /** Bytes of a block behind its floats. */
  private int behind() {
    return (hasChecksums ? Long.BYTES : 0) + Integer.BYTES;
  }

  static int crc(int chunk, ByteBuffer content) {
    return FileFront.crc(ByteBuffer.allocate(Integer.BYTES).putInt(0, chunk), content);
  }

  int floats(int chunk) {
    return chunks.size(chunk) * parts;
  }

  /** Where the block of a chunk begins, in bytes. */
  long at(int chunk) {
    return front + (long) chunks.from(chunk) * parts * Float.BYTES + (long) chunk * behind();
  }

  /** Of the largest block. */
  int blockBytes() {
    return floats(0) * Float.BYTES + behind();
  }

  long fileBytes() {
    int last = chunks.count() - 1;
    return at(last) + (long) floats(last) * Float.BYTES + behind();
  }
}
