package io.cordee.worker.data.format;

import java.nio.ByteBuffer;

/** The elements of an array's next rows, as numbers. */
public final class Elements {

  private static final int CHUNK_BYTES = 64 * 1024;

  private final ElementType type;
  private final ArrayReader reader;
  private final ByteBuffer chunk;
  private long left;

  Elements(ArrayFile file, ArrayReader reader, int rows) {
    type = file.type();
    this.reader = reader;
    left = rows * file.rowBytes();
    chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, left)).order(type.order());
    chunk.limit(0);
  }

  double next() {
    if (!chunk.hasRemaining()) {
      chunk.clear().limit((int) Math.min(chunk.capacity(), left));
      left -= chunk.limit();
      reader.next(chunk);
      chunk.flip();
    }
    return type.next(chunk);
  }
}
