package io.cordee.worker.data.format;

import java.nio.ByteBuffer;

interface ArrayReader extends AutoCloseable {

  /** The row of the next element. */
  long row();

  void skip(long rows);

  /**
   * Fills the buffer.
   *
   * @param into with an array
   */
  void next(ByteBuffer into);

  @Override
  void close();
}
