package io.cordee.worker.data;

import java.nio.ByteBuffer;

/** Reads the elements of an array, front to back. */
interface ArrayReader extends AutoCloseable {

  /** The row that is read next, or in which it is. */
  long row();

  void skip(long rows);

  /**
   * Reads as many bytes as there is room for.
   *
   * @param into with an array
   */
  void next(ByteBuffer into);

  @Override
  void close();
}
