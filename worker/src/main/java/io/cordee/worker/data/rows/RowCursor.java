package io.cordee.worker.data.rows;

/** A forward-only position between two rows of a {@link DataSource}. */
public interface RowCursor extends AutoCloseable {

  /** The rows are not checked. */
  void skip(long rows);

  /**
   * Reads and checks the next rows. They own their arrays, so that dropping them frees the memory.
   */
  PartitionRows next(int rows);

  @Override
  void close();
}
