package io.cordee.worker.compute;

import io.cordee.common.reduce.Holding;
import io.cordee.common.reduce.Subvector;
import io.cordee.function.Rows;
import io.cordee.worker.model.ListedRows;
import java.util.Optional;

/**
 * Where gradients are taken.
 *
 * @param parameters what is held of the vector
 */
record Point(float[] parameters, Holding holding) {

  /** The part of the vector that rows touch; empty if that is all. */
  Optional<Subvector> touched(Rows rows) {
    return holding.part().map(held -> held.with(ListedRows.touched(rows).orElseThrow()));
  }

  /** The parameters of a part, or of the whole vector. */
  float[] parameters(Optional<Subvector> part) {
    if (part.isEmpty()) {
      return parameters;
    }
    float[] own = new float[part.get().values()];
    part.get().take(holding.part().orElseThrow(), parameters, own);
    return own;
  }
}
