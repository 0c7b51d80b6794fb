package io.cordee.worker.data.rows;

import io.cordee.common.file.WholeFile;
import io.cordee.common.kernel.Xxh64;
import io.cordee.worker.math.ListedFloats;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.util.stream.LongStream;

/** Writes what follows the header of prepared rows, block by block. */
final class BlockWriter {

  static final int BLOCK = 1 << 20;

  private final ByteBuffer block = ByteBuffer.allocate(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
  private final FileChannel into;
  private final LongStream.Builder sums = LongStream.builder();

  BlockWriter(FileChannel into) {
    this.into = into;
  }

  void put(ListedFloats lists) throws IOException {
    put(lists.starts());
    put(lists.features());
    put(lists.values());
  }

  void put(IntBuffer all) throws IOException {
    put(all.capacity(), Integer.BYTES, (at, n) -> block.asIntBuffer().put(0, all, at, n));
  }

  void put(FloatBuffer all) throws IOException {
    put(all.capacity(), Float.BYTES, (at, n) -> block.asFloatBuffer().put(0, all, at, n));
  }

  void put(ByteBuffer all) throws IOException {
    put(all.capacity(), 1, (at, n) -> block.put(block.position(), all, at, n));
  }

  /** Copies some elements into the block. */
  private interface Copy {
    void copy(int from, int count);
  }

  private void put(int elements, int bytes, Copy all) throws IOException {
    for (int at = 0; at < elements; ) {
      int taken = Math.min(elements - at, block.remaining() / bytes);
      all.copy(at, taken);
      at += taken;
      block.position(block.position() + taken * bytes);
      if (!block.hasRemaining()) {
        flush();
      }
    }
    while (block.position() % Long.BYTES != 0) {
      block.put((byte) 0);
    }
  }

  private void flush() throws IOException {
    block.flip();
    if (into.position() + block.limit() > Integer.MAX_VALUE) {
      throw new DataException(
          "prepared rows of a partition may take 2 GiB; these take more; raise partitions");
    }
    sums.add(hash(block, 0, block.limit()));
    WholeFile.writeAll(block, into);
    block.clear();
  }

  /** Returns a checksum of all blocks. */
  long end() throws IOException {
    if (block.position() > 0) {
      flush();
    }
    return Xxh64.hash(sums.build().toArray());
  }

  static long hash(ByteBuffer bytes, int from, int length) {
    long[] words = new long[length / Long.BYTES];
    bytes.slice(from, length).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words);
    return Xxh64.hash(words);
  }
}
