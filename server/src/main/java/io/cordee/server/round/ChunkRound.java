package io.cordee.server.round;

import io.cordee.common.optimizer.RoundScalars;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.server.round.RoundBoard.Placement;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One chunk in the current round: it collects contributions until its root is complete, and is then
 * stepped. Its monitor guards it and its {@link ChunkState}, so that chunks are reduced, stepped
 * and read in parallel.
 */
final class ChunkRound {

  private enum Progress {
    COLLECTING,
    /** The root is complete; the chunk waits to be stepped. */
    REDUCED,
    STEPPED,
    /** There are no rounds: each contribution is a step of its own, to a version of the chunk's. */
    BY_PARTS
  }

  private final ChunkState state;
  private final TreeReduction<Contribution> reduction;
  private final BufferPool pool;

  private Progress progress = Progress.COLLECTING;

  /** The rounds that its steps by parts add up to. */
  private double partsOfRounds;

  private Contribution root;

  ChunkRound(ChunkState state, TreeReduction<Contribution> reduction, BufferPool pool) {
    this.state = state;
    this.reduction = reduction;
    this.pool = pool;
  }

  /** The version of the round; the state is one ahead once it is stepped. */
  private int version() {
    return progress == Progress.STEPPED ? state.version() - 1 : state.version();
  }

  // ---- reduce ----

  /** Takes a node's sum, and its array with it. */
  synchronized Placement offer(Contribution sum) {
    if (sum.version() != version() || progress != Progress.COLLECTING) {
      sum.giveBack(pool);
      return Placement.DUPLICATE;
    }
    if (reduction.offer(sum.node(), sum).isEmpty()) {
      return Placement.DUPLICATE;
    }
    if (!reduction.isComplete()) {
      return Placement.PLACED;
    }
    root = state.root(reduction.take(ReductionTree.ROOT).orElseThrow());
    progress = Progress.REDUCED;
    return Placement.REDUCED;
  }

  synchronized boolean isCovered(int leaf) {
    return progress != Progress.COLLECTING || reduction.isCovered(leaf);
  }

  /** The complete root; until it is stepped, nobody else touches its sums. */
  synchronized Contribution root() {
    return root;
  }

  /** Makes the sums of the root means, in place; the sum of the squares of the mean gradient. */
  synchronized double squares(RoundScalars scalars) {
    return dense().squares(scalars, root);
  }

  // ---- step ----

  /**
   * Steps the parameters of this chunk; with signs to be sent, they are there afterwards.
   *
   * @param norm of the mean gradient, for an optimizer that clips: after {@link #squares}
   */
  synchronized void step(RoundScalars scalars, double norm) {
    state.step(scalars, norm, root);
    endStep();
  }

  /** The chunk as an optimizer steps it that mixes the parameters of all chunks. */
  synchronized DenseChunk dense() {
    if (state instanceof DenseChunk dense) {
      return dense;
    }
    throw new IllegalStateException("rows of a table are stepped by themselves, chunk by chunk");
  }

  /** Its parameters have been stepped with those of all others. */
  synchronized void stepped() {
    dense().stepped();
    endStep();
  }

  private void endStep() {
    root.giveBack(pool);
    root = null;
    progress = Progress.STEPPED;
  }

  synchronized boolean isStepped() {
    return progress == Progress.STEPPED;
  }

  synchronized void advance() {
    progress = Progress.COLLECTING;
  }

  // ---- step by parts ----

  /** Begins to be stepped by each contribution, until it is {@linkplain #settle settled}. */
  synchronized void stepByParts() {
    progress = Progress.BY_PARTS;
  }

  /**
   * Steps by some of a round's rows, whose sums are used up; not once it is settled.
   *
   * @param batchRows of the whole round
   */
  synchronized void step(Contribution part, long batchRows) {
    if (progress != Progress.BY_PARTS || part.tally().rows() == 0) {
      return;
    }
    RoundScalars scalars =
        RoundScalars.ofPart(
            part.version() + 1,
            part.tally().rows(),
            part.tally().meanLoss(),
            batchRows,
            partsOfRounds);
    dense().stepByPart(scalars, part);
    partsOfRounds = scalars.progress();
  }

  /** Ends the steps by parts: what they have made of the chunk is this version. */
  synchronized void settle(int atVersion) {
    if (progress == Progress.BY_PARTS) {
      dense().settle(atVersion);
      progress = Progress.COLLECTING;
    }
  }

  // ---- read ----

  /** As {@link Board#show}, for this chunk. */
  synchronized boolean show(Vector vector, int wanted, Consumer<float[]> reader) {
    boolean isThere = isThere(wanted);
    if (isThere) {
      reader.accept(state.vector(vector, shown(wanted)));
    }
    return isThere;
  }

  /** As {@link Board#copy}, for this chunk. */
  synchronized Optional<float[]> copy(Vector vector, int wanted, Subvector part) {
    return isThere(wanted)
        ? Optional.of(state.copy(vector, shown(wanted), part))
        : Optional.empty();
  }

  private boolean isThere(int wanted) {
    boolean isNext = wanted == version() + 1 && progress == Progress.STEPPED;
    return wanted == version() || isNext || progress == Progress.BY_PARTS;
  }

  /** Without rounds, there is one version, whatever it is sent as. */
  private int shown(int wanted) {
    return progress == Progress.BY_PARTS ? version() : wanted;
  }

  synchronized SignStep signStep() {
    return state.signStep();
  }

  /** Shows something of the state while it holds still. */
  synchronized <T> void show(Function<ChunkState, T> of, Consumer<T> reader) {
    reader.accept(of.apply(state));
  }

  /** Takes something out of the state. */
  synchronized <T> T get(Function<ChunkState, T> of) {
    return of.apply(state);
  }
}
