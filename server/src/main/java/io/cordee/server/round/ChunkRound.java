package io.cordee.server.round;

import io.cordee.common.kernel.BlockDigest;
import io.cordee.common.kernel.Digest;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.common.rule.Optimizer;
import io.cordee.common.rule.ParameterState;
import io.cordee.common.rule.RoundScalars;
import io.cordee.server.round.RoundBoard.Placement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * One chunk in the current round: it collects contributions until its root is complete, and is then
 * stepped. Its monitor guards it and its vectors, so that chunks are reduced, stepped and read in
 * parallel.
 */
final class ChunkRound {

  private enum Progress {
    COLLECTING,
    /** The root is complete; the chunk waits to be stepped. */
    REDUCED,
    STEPPED
  }

  private final Optimizer optimizer;
  private final ChunkVectors vectors;
  private final BufferPool pool;
  private final TreeReduction<Contribution> reduction;

  /** If steps may leave most of it as it is. */
  private final Optional<BlockDigest> blocks;

  private Progress progress = Progress.COLLECTING;
  private int version;
  private Contribution root;
  private SignStep signStep;
  private OptionalLong checksum = OptionalLong.empty();

  /** What the last step's gradients were of; empty if that may be anything. */
  private Optional<Subvector> moved = Optional.empty();

  /** {@code start}, at this version, is taken over. */
  ChunkRound(
      ParameterState start,
      int version,
      Optimizer optimizer,
      ReductionTree tree,
      TreeReduction.Adder<Contribution> adder,
      BufferPool pool,
      Cadence cadence) {
    this.version = version;
    this.optimizer = optimizer;
    this.vectors = new ChunkVectors(optimizer, start, version);
    this.pool = pool;
    // Chunks are multiples of blocks.
    this.blocks =
        cadence.resting().stream()
            .mapToObj(border -> new BlockDigest(start.size(), border))
            .findFirst();
    this.reduction = new TreeReduction<>(tree, adder, sum -> sum.giveBack(pool));
  }

  /** Takes a node's sum, and its array with it. */
  synchronized Placement offer(Contribution sum) {
    if (sum.version() != version || progress != Progress.COLLECTING) {
      sum.giveBack(pool);
      return Placement.DUPLICATE;
    }
    if (reduction.offer(sum.node(), sum).isEmpty()) {
      return Placement.DUPLICATE;
    }
    if (!reduction.isComplete()) {
      return Placement.PLACED;
    }
    root = toStep(reduction.take(ReductionTree.ROOT).orElseThrow());
    progress = Progress.REDUCED;
    return Placement.REDUCED;
  }

  /**
   * Sums of what has to be stepped: of everything, unless whatever had no gradient in the last
   * round, and has none in this, stays as it is.
   */
  private Contribution toStep(Contribution sum) {
    Optional<Subvector> before = moved;
    moved = blocks.isPresent() ? sum.rows() : Optional.empty();
    return before.isPresent() && moved.isPresent()
        ? sum.and(before.get())
        : sum.whole(vectors.size(), pool);
  }

  /** The complete root; until it is stepped, nobody else touches its sums. */
  synchronized Contribution root() {
    return root;
  }

  synchronized boolean isCovered(int leaf) {
    return progress != Progress.COLLECTING || reduction.isCovered(leaf);
  }

  /** Makes the sums of the root means, in place; the sum of the squares of the mean gradient. */
  synchronized double squares(RoundScalars scalars) {
    return optimizer.squares(scalars, root.sums(), vectors.size());
  }

  /**
   * Steps the parameters of this chunk; with signs to be sent, they are there afterwards.
   *
   * @param norm of the mean gradient, for a rule that clips: after {@link #squares}
   */
  synchronized void step(RoundScalars scalars, double norm, Cadence cadence) {
    float[] sums = root.sums();
    ParameterState from = vectors.from(version);
    int size = vectors.size();
    if (root.rows().isPresent()) {
      step(scalars, root.rows().get(), from);
      stepped();
      return;
    }
    blocks.ifPresent(all -> all.change(0, size));
    if (!cadence.sendsSigns()) {
      if (optimizer.clips()) {
        optimizer.stepMeans(scalars, sums, norm, from, 0, size);
      } else {
        optimizer.step(scalars, sums, from, 0, size);
      }
      stepped();
      return;
    }
    byte[] packed =
        optimizer.clips()
            ? optimizer.stepMeansForReplay(scalars, sums, norm, from, 0, size)
            : optimizer.stepForReplay(scalars, sums, from, 0, size);
    stepped();
    OptionalLong checked =
        cadence.isCheckDue(scalars.round())
            ? OptionalLong.of(checksum(optimizer.replayedSlots().size()))
            : OptionalLong.empty();
    signStep = new SignStep(version + 1, scalars.lossRose(), packed, checked);
  }

  /** Steps part of the chunk; the rest stays as it is. */
  private void step(RoundScalars scalars, Subvector part, ParameterState all) {
    ParameterState own = all.map(vector -> part.taken(vector));
    optimizer.step(scalars, root.sums(), own, 0, part.values());
    part.put(own.next(), all.next());
    for (int slot = 0; slot < own.slots().length; slot++) {
      part.put(own.slots()[slot], all.slots()[slot]);
    }
    blocks.orElseThrow().change(0, part.head());
    part.forEachRun((at, from, count) -> blocks.get().change(at, count));
  }

  synchronized SignStep signStep() {
    return signStep;
  }

  /** Shows the weights and the first {@code slots} slots, while they hold still. */
  synchronized void showState(int slots, Consumer<ChunkState> reader) {
    int stands = progress == Progress.STEPPED ? version + 1 : version;
    List<float[]> all = new ArrayList<>();
    all.add(vectors.weights(stands));
    all.add(vectors.weights(stands + 1)); // where the version before stands, too
    all.addAll(List.of(vectors.slots()).subList(0, slots));
    reader.accept(new ChunkState(stands, all, checksum(slots)));
  }

  /** Its parameters have been stepped, by this call or with those of all others. */
  synchronized void stepped() {
    root.giveBack(pool);
    root = null;
    progress = Progress.STEPPED;
    checksum = OptionalLong.empty();
    vectors.moveEvaluationPoint(version + 1);
  }

  /** Both versions of its weights and its slots, as they would be stepped from the current one. */
  synchronized ParameterState state() {
    return vectors.from(version);
  }

  /** The weights at the current version, the one before, or the next. */
  synchronized float[] weights(int atVersion) {
    return vectors.weights(atVersion);
  }

  synchronized boolean isStepped() {
    return progress == Progress.STEPPED;
  }

  synchronized void advance() {
    progress = Progress.COLLECTING;
    version++;
  }

  /** The checksum of the weights it has come to, and of the slots. */
  synchronized long checksum() {
    if (checksum.isEmpty()) {
      checksum = OptionalLong.of(digest(vectors.slots()));
    }
    return checksum.getAsLong();
  }

  /** That of the weights and the first {@code slots} slots. */
  private long checksum(int slots) {
    float[][] all = vectors.slots();
    return slots == all.length ? checksum() : digest(Arrays.copyOf(all, slots));
  }

  private long digest(float[][] slots) {
    float[] weights = vectors.weights(progress == Progress.STEPPED ? version + 1 : version);
    return blocks
        .map(all -> all.of(weights, slots))
        .orElseGet(() -> Digest.ofChunk(weights, slots, 0, vectors.size()));
  }

  /** As {@link Board#show}, for this chunk. */
  synchronized boolean show(Vector vector, int wanted, Consumer<float[]> reader) {
    boolean isThere = wanted == version || wanted == version + 1 && progress == Progress.STEPPED;
    if (isThere) {
      reader.accept(vectors.at(vector, wanted));
    }
    return isThere;
  }
}
