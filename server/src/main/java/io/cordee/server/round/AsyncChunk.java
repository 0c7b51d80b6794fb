package io.cordee.server.round;

import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Digest;
import io.cordee.common.rule.Optimizer;
import io.cordee.common.rule.RoundScalars;
import java.util.function.Consumer;

/**
 * One chunk of {@link AsyncBoard}: it is stepped by every contribution as it comes. Its monitor
 * guards it and its range of the state.
 */
final class AsyncChunk {

  private final int from;
  private final int to;
  private final Optimizer optimizer;
  private final BoardState state;

  /** How many steps it has taken; the state's versions are counted by these. */
  private int updates;

  /** How many rounds these steps add up to. */
  private double progress;

  private boolean isFrozen;

  /**
   * @param from its first parameter
   * @param to behind its last
   */
  AsyncChunk(int from, int to, Optimizer optimizer, BoardState state) {
    this.from = from;
    this.to = to;
    this.optimizer = optimizer;
    this.state = state;
  }

  /** Steps by some rows' sums, which are used up. */
  synchronized void apply(int round, Tally tally, long batchRows, float[] sums) {
    if (isFrozen || tally.rows() == 0) {
      return;
    }
    RoundScalars scalars =
        RoundScalars.ofPart(round, tally.rows(), tally.meanLoss(), batchRows, progress);
    optimizer.step(scalars, sums, state.from(updates), from, to);
    progress = scalars.progress();
    updates++;
    state.moveEvaluationPoint(optimizer, updates, from, to);
  }

  synchronized void freeze() {
    isFrozen = true;
  }

  synchronized void show(BoardState.Vector vector, Consumer<float[]> reader) {
    reader.accept(state.at(vector, updates));
  }

  synchronized void copyWeights(float[] into) {
    System.arraycopy(state.weights(updates), from, into, from, to - from);
  }

  synchronized long checksum() {
    return Digest.ofChunk(state.weights(updates), state.slots(), from, to);
  }
}
