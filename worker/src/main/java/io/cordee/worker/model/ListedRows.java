package io.cordee.worker.model;

import io.cordee.function.Rows;
import io.cordee.worker.math.SparseRows;
import java.util.Optional;

public interface ListedRows extends Rows {

  /**
   * The features as lists of non-zeros, if they multiply fastest that way.
   *
   * @param again whether they will be multiplied repeatedly, so that making lists may pay
   */
  Optional<SparseRows> sparse(boolean again);

  /**
   * Which of the model's inputs the features are, ascending, where rows have only some of them;
   * empty if they have all.
   */
  default Optional<int[]> touched() {
    return Optional.empty();
  }

  static Optional<int[]> touched(Rows rows) {
    return rows instanceof ListedRows listed ? listed.touched() : Optional.empty();
  }

  static Optional<SparseRows> of(Rows rows, boolean again) {
    return rows instanceof ListedRows listed ? listed.sparse(again) : Optional.empty();
  }
}
