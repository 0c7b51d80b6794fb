package io.cordee.server.round;

import io.cordee.common.checkpoint.CheckpointHeader;
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
  private final Cadence cadence;
  private final TreeReduction<Contribution> reduction;

  /** The rows of a table in it, which are stepped late. */
  private final Optional<LateRows> late;

  private Progress progress = Progress.COLLECTING;
  private int version;
  private Contribution root;
  private SignStep signStep;
  private OptionalLong checksum;

  /**
   * {@code start}, at this version, is taken over.
   *
   * @param cadence in a vector that begins with this chunk
   */
  ChunkRound(
      ParameterState start,
      long checksum,
      int version,
      Optimizer optimizer,
      TreeReduction<Contribution> reduction,
      BufferPool pool,
      Cadence cadence) {
    this.version = version;
    this.optimizer = optimizer;
    this.vectors = new ChunkVectors(optimizer, start, version);
    this.pool = pool;
    this.checksum = OptionalLong.of(checksum);
    this.cadence = cadence;
    this.late =
        cadence.late().map(table -> new LateRows(optimizer, vectors, version, cadence, pool));
    this.reduction = reduction;
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
    Contribution all = reduction.take(ReductionTree.ROOT).orElseThrow();
    root = late.isPresent() ? all : all.whole(vectors.size(), pool);
    progress = Progress.REDUCED;
    return Placement.REDUCED;
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
  synchronized void step(RoundScalars scalars, double norm) {
    float[] sums = root.sums();
    ParameterState from = vectors.from(version);
    int size = vectors.size();
    if (late.isPresent()) {
      long stepped = late.get().step(scalars, root, version, checksum());
      stepped();
      checksum = OptionalLong.of(stepped);
      signStep = late.get().signStep(version + 1, scalars.lossRose(), stepped);
      return;
    }
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
    int slots = optimizer.replayedSlots().size();
    OptionalLong checked = cadence.checked(version + 1, () -> checksum(slots));
    signStep = new SignStep(version + 1, scalars.lossRose(), packed, checked, Optional.empty());
  }

  synchronized SignStep signStep() {
    return signStep;
  }

  /**
   * Shows the weights and the first {@code slots} slots, while they hold still.
   *
   * @param rows of a table, and what precedes it; all if it is empty
   */
  synchronized void showState(int slots, Optional<Subvector> rows, Consumer<ChunkState> reader) {
    List<float[]> shown = vectors(slots, rows);
    float[][] some = shown.subList(2, shown.size()).toArray(float[][]::new);
    long hash =
        rows.isPresent()
            ? Digest.ofChunk(shown.get(0), some, 0, shown.get(0).length)
            : checksum(slots);
    reader.accept(new ChunkState(stands(), shown, hash, rows));
  }

  /**
   * Shows them with all slots, without the rows of a table that were not touched since a version.
   */
  synchronized void showTouched(int base, Consumer<ChunkState> reader) {
    Optional<Subvector> part =
        late.filter(rows -> base > CheckpointHeader.WHOLE).map(rows -> rows.touchedSince(base));
    int slots = vectors.slots().length;
    reader.accept(new ChunkState(stands(), vectors(slots, part), checksum(), part));
  }

  private int stands() {
    return progress == Progress.STEPPED ? version + 1 : version;
  }

  private List<float[]> vectors(int slots, Optional<Subvector> part) {
    late.ifPresent(rows -> rows.bringTo(stands(), part));
    List<float[]> all = new ArrayList<>();
    all.add(vectors.weights(stands()));
    all.add(vectors.weights(stands() + 1)); // where the version before stands, too
    all.addAll(List.of(vectors.slots()).subList(0, slots));
    return part.map(some -> all.stream().map(some::taken).toList()).orElse(all);
  }

  /** Its parameters have been stepped, by this call or with those of all others. */
  synchronized void stepped() {
    root.giveBack(pool);
    root = null;
    progress = Progress.STEPPED;
    checksum = OptionalLong.empty();
    if (late.isEmpty()) {
      vectors.moveEvaluationPoint(version + 1);
    }
  }

  /** Both versions of its weights and its slots, as they would be stepped from the current one. */
  synchronized ParameterState state() {
    return vectors.from(version);
  }

  /** The weights at the current version, the one before, or the next. */
  synchronized float[] weights(int atVersion) {
    late.ifPresent(rows -> rows.bringTo(atVersion, Optional.empty()));
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
    return Digest.ofChunk(vectors.weights(stands()), slots, 0, vectors.size());
  }

  /** As {@link Board#show}, for this chunk. */
  synchronized boolean show(
      Vector vector, int wanted, Optional<Subvector> rows, Consumer<float[]> reader) {
    boolean isThere = wanted == version || wanted == version + 1 && progress == Progress.STEPPED;
    if (isThere) {
      late.ifPresent(all -> all.bringTo(wanted, rows));
      reader.accept(vectors.at(vector, wanted));
    }
    return isThere;
  }
}
