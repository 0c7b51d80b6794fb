package io.cordee.worker.model;

import io.cordee.function.Rows;
import io.cordee.worker.math.SparseRows;
import java.util.Optional;

/** Rows that may know which of their features are not zero. */
public interface ListedRows extends Rows {

  /**
   * The features as lists of what is not zero, if that is how they are multiplied fastest.
   *
   * @param again whether they will be multiplied again and again, so that it may pay to make them
   */
  Optional<SparseRows> sparse(boolean again);

  /** The same of any rows. */
  static Optional<SparseRows> of(Rows rows, boolean again) {
    return rows instanceof ListedRows listed ? listed.sparse(again) : Optional.empty();
  }
}
