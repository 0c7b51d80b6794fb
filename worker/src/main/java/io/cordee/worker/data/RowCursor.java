package io.cordee.worker.data;

/** A place between two rows of a {@link DataSource}, which only moves forward. */
public interface RowCursor extends AutoCloseable {

  /** Passes over rows without checking them. */
  void skip(long rows);

  /**
   * Reads and checks the next rows. They have arrays of their own, so that dropping them frees
   * their memory.
   */
  StoredRows next(int rows);

  @Override
  void close();
}
