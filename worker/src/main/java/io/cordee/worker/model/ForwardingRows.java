package io.cordee.worker.model;

import io.cordee.worker.math.SparseRows;
import java.util.Optional;

/** Rows that are others, but for what is overridden. */
public interface ForwardingRows extends Rows {

  /** The others. */
  Rows rows();

  @Override
  default int count() {
    return rows().count();
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
    return rows().sparse(again);
  }

  @Override
  default boolean labelled() {
    return rows().labelled();
  }
}
