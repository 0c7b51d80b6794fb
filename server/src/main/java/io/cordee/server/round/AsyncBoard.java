package io.cordee.server.round;

import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Digest;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.rule.Optimizer;
import io.cordee.common.rule.ParameterState;
import io.cordee.common.rule.RoundScalars;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * The chunks of the parameter vector where each contribution is a step of its own. A version is
 * only the label under which a worker is sent a chunk, for its own count of rounds: there is only
 * one state of a chunk, the current one.
 *
 * <p>Any thread may call; chunks are stepped and read in parallel, each under its own monitor.
 *
 * <p>Memory: two versions of the weights (a step reads one and writes the other), two of the
 * evaluation point if the rule has its own, and the slots.
 */
public final class AsyncBoard implements Board {

  private final Optimizer optimizer;
  private final Chunks chunks;
  private final ReductionTree tree;
  private final BufferPool pool;
  private final List<Chunk> states = new ArrayList<>();

  /**
   * @param initial the weights to start from; copied
   * @param pool receives the arrays of contributions back
   * @throws IllegalArgumentException if the rule cannot step a part of the vector by itself
   */
  public AsyncBoard(
      Optimizer optimizer, Chunks chunks, ReductionTree tree, float[] initial, BufferPool pool) {
    if (optimizer.waitsForWholeRound()) {
      throw new IllegalArgumentException("a rule that waits for the whole round is synchronous");
    }
    this.optimizer = optimizer;
    this.chunks = chunks;
    this.tree = tree;
    this.pool = pool;
    List<ParameterState> starts = SavedState.start(initial, chunks, optimizer.slots()).chunks();
    for (int c = 0; c < chunks.count(); c++) {
      states.add(new Chunk(optimizer.at(chunks.from(c)), starts.get(c)));
    }
  }

  @Override
  public Chunks chunks() {
    return chunks;
  }

  public ReductionTree tree() {
    return tree;
  }

  /** Whether gradients are taken elsewhere than at the weights. */
  public boolean hasOwnEvaluationPoint() {
    return optimizer.hasOwnEvaluationPoint();
  }

  /**
   * Steps a chunk by what some of a round's rows have contributed, at their share of the learning
   * rate. The contribution's array is used up.
   *
   * @param batchRows of the whole round
   * @return the first parameter whose sum is not finite, if any: nothing is applied then
   */
  public OptionalInt apply(Contribution contribution, long batchRows) {
    float[] sums = contribution.sums();
    int at = contribution.firstNotFinite();
    if (at < 0) {
      states
          .get(contribution.chunk())
          .apply(contribution.version() + 1, contribution.tally(), batchRows, sums);
    }
    pool.giveBack(sums);
    return at < 0 ? OptionalInt.empty() : OptionalInt.of(chunks.from(contribution.chunk()) + at);
  }

  /** Returns the array of an unapplied contribution to the pool. */
  public void drop(Contribution contribution) {
    pool.giveBack(contribution.sums());
  }

  public void freeze() {
    states.forEach(Chunk::freeze);
  }

  /** A copy of the weights, each chunk in its current state. */
  public float[] weights() {
    float[] weights = new float[chunks.parameters()];
    for (int c = 0; c < chunks.count(); c++) {
      states.get(c).copyWeights(weights, chunks.from(c));
    }
    return weights;
  }

  public String digest(int version) {
    return Digest.ofVector(version, states.stream().mapToLong(Chunk::checksum).toArray());
  }

  /** Shows the current state of the chunk, whatever the version. */
  @Override
  public boolean show(
      Vector vector, int chunk, int version, Optional<Subvector> rows, Consumer<float[]> reader) {
    states.get(chunk).show(vector, reader);
    return true;
  }

  /** Stepped by every contribution as it comes; its monitor guards it and its vectors. */
  private static final class Chunk {

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
    Chunk(Optimizer optimizer, ParameterState start) {
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

    synchronized void copyWeights(float[] into, int at) {
      System.arraycopy(vectors.weights(updates), 0, into, at, vectors.size());
    }

    synchronized long checksum() {
      return Digest.ofChunk(vectors.weights(updates), vectors.slots(), 0, vectors.size());
    }
  }
}
