package io.cordee.worker.model;

import io.cordee.function.Rows;
import io.cordee.worker.math.RowLists;
import io.cordee.worker.math.SparseRows;
import java.util.List;
import java.util.Optional;

/** Delegates what is not overridden. */
public interface ForwardingRows extends ListedRows {

  Rows rows();

  @Override
  default int count() {
    return rows().count();
  }

  @Override
  default long index(int row) {
    return rows().index(row);
  }

  @Override
  default int features() {
    return rows().features();
  }

  @Override
  default void copyFeatures(int from, int count, float[] into) {
    rows().copyFeatures(from, count, into);
  }

  @Override
  default void copyTargets(int from, int count, float[] into) {
    rows().copyTargets(from, count, into);
  }

  @Override
  default double targetUnit(int output) {
    return rows().targetUnit(output);
  }

  @Override
  default Optional<SparseRows> sparse(boolean again) {
    return ListedRows.of(rows(), again);
  }

  @Override
  default Optional<int[]> touched() {
    return ListedRows.touched(rows());
  }

  @Override
  default List<RowLists> tables() {
    return ListedRows.tables(rows());
  }

  @Override
  default boolean labelled() {
    return rows().labelled();
  }
}
