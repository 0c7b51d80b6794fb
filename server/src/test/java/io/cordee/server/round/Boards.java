package io.cordee.server.round;

import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.wire.GradientFormat;
import io.cordee.common.wire.NodeRounding;

/** Boards at version 0 that keep nothing and step one chunk after the other. */
public final class Boards {

  private Boards() {}

  /** Copies {@code initial}. */
  public static RoundBoard fresh(
      Optimizer optimizer,
      Chunks chunks,
      ReductionTree tree,
      float[] initial,
      BufferPool pool,
      Cadence cadence) {
    SavedState start = SavedState.start(initial, chunks, optimizer.slots());
    return new RoundBoard(
        optimizer,
        new NodeRounding(GradientFormat.FLOAT32, chunks),
        tree,
        start,
        pool,
        cadence,
        Keeper.NONE,
        Parallel.NONE);
  }
}
