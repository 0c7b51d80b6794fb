package io.cordee.worker.model;

import io.cordee.function.Rows;
import io.cordee.worker.math.RowLists;
import io.cordee.worker.math.SparseRows;
import java.util.List;
import java.util.Optional;

public interface ListedRows extends Rows {

  /**
   * The features as lists of non-zeros, if they multiply fastest that way.
   *
   * @param again whether they will be multiplied repeatedly, so that making lists may pay
   */
  Optional<SparseRows> sparse(boolean again);

  /**
   * Which of the model's inputs the features are, or which rows of its table the ids, ascending,
   * where rows have only some of them; empty if they have all.
   */
  default Optional<int[]> touched() {
    return Optional.empty();
  }

  /** Of a model with tables of ids: for each, the rows of it that are touched, numbered anew. */
  default List<RowLists> tables() {
    return List.of();
  }

  static Optional<int[]> touched(Rows rows) {
    return rows instanceof ListedRows listed ? listed.touched() : Optional.empty();
  }

  static List<RowLists> tables(Rows rows) {
    return rows instanceof ListedRows listed ? listed.tables() : List.of();
  }

  static Optional<SparseRows> of(Rows rows, boolean again) {
    return rows instanceof ListedRows listed ? listed.sparse(again) : Optional.empty();
  }
}
