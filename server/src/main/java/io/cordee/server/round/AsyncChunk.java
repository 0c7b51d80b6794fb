package io.cordee.server.round;

import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Digest;
import io.cordee.common.rule.Optimizer;
import io.cordee.common.rule.ParameterState;
import io.cordee.common.rule.RoundScalars;
import java.util.function.Consumer;

/**
 * One chunk of {@link AsyncBoard}: it is stepped by every contribution as it comes. Its monitor
 * guards it and its vectors.
 */
final class AsyncChunk {

  private final Optimizer optimizer;
  private final ChunkVectors vectors;

  /** How many steps it has taken; its versions are counted by these. */
  private int updates;

  /** How many rounds these steps add up to. */
  private double progress;

  private boolean isFrozen;

  /**
   * @param start at version 0; taken over
   */
  AsyncChunk(Optimizer optimizer, ParameterState start) {
    this.optimizer = optimizer;
    this.vectors = new ChunkVectors(optimizer, start, 0);
  }

  /** Steps by some rows' sums, which are used up. */
  synchronized void apply(int round, Tally tally, long batchRows, float[] sums) {
    if (isFrozen || tally.rows() == 0) {
      return;
    }
    RoundScalars scalars =
        RoundScalars.ofPart(round, tally.rows(), tally.meanLoss(), batchRows, progress);
    optimizer.step(scalars, sums, vectors.from(updates), 0, vectors.size());
    progress = scalars.progress();
    updates++;
    vectors.moveEvaluationPoint(updates);
  }

  synchronized void freeze() {
    isFrozen = true;
  }

  synchronized void show(Vector vector, Consumer<float[]> reader) {
    reader.accept(vectors.at(vector, updates));
  }

  /** Copies its weights to {@code into}, from index {@code at} on. */
  synchronized void copyWeights(float[] into, int at) {
    System.arraycopy(vectors.weights(updates), 0, into, at, vectors.size());
  }

  synchronized long checksum() {
    return Digest.ofChunk(vectors.weights(updates), vectors.slots(), 0, vectors.size());
  }
}
