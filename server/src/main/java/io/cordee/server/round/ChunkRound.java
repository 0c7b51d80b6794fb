package io.cordee.server.round;

import io.cordee.common.checkpoint.CheckpointHeader;
import io.cordee.common.checkpoint.SavedState;
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
import java.util.function.Supplier;

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
    STEPPED,
    /** There are no rounds: each contribution is a step of its own, to a version of the chunk's. */
    BY_PARTS
  }

  private final Optimizer optimizer;

  /** Makes the state that it begins with. */
  private final Supplier<ParameterState> start;

  /** The rows of a table that had a gradient before; empty if all may have. */
  private final Optional<int[]> had;

  private final BufferPool pool;
  private final Cadence cadence;
  private final TreeReduction<Contribution> reduction;

  /** Null until rows of a table are touched, if it has nothing else. */
  private ChunkVectors vectors;

  /** The rows of a table in it, which are stepped late, once there are vectors. */
  private Optional<LateRows> late = Optional.empty();

  private Progress progress = Progress.COLLECTING;
  private int version;

  /** How many rounds its steps by parts add up to. */
  private double partsOfRounds;

  private Contribution root;
  private SignStep signStep;
  private OptionalLong checksum;

  /** The hashes of the vectors that the checksum is made of, once they are known. */
  private Optional<long[]> hashes = Optional.empty();

  /**
   * @param saved where the vector begins; its state of this chunk is taken over
   * @param cadence in a vector that begins with this chunk
   */
  ChunkRound(
      SavedState saved,
      int chunk,
      Optimizer optimizer,
      TreeReduction<Contribution> reduction,
      BufferPool pool,
      Cadence cadence) {
    this.version = saved.mark().version();
    this.optimizer = optimizer;
    this.start = () -> saved.chunks().get(chunk);
    this.had = saved.touched().map(rows -> rows.get(chunk));
    this.pool = pool;
    this.checksum = OptionalLong.of(saved.checksums().get(chunk));
    this.cadence = cadence;
    this.reduction = reduction;
    boolean isTable = cadence.late().filter(table -> table.first() <= 0).isPresent();
    if (!isTable || had.filter(rows -> rows.length == 0).isEmpty()) {
      touch();
    }
  }

  private void touch() {
    if (vectors == null) {
      vectors = new ChunkVectors(optimizer, start.get(), version);
      late =
          cadence
              .late()
              .map(table -> new LateRows(optimizer, vectors, version, had, cadence, pool));
    }
  }

  /**
   * The vectors, with these rows at a version, or all rows if none are given; vectors made for that
   * are not kept.
   */
  private ChunkVectors vectorsAt(int atVersion, Optional<Subvector> rows) {
    if (rows.filter(some -> some.values() > 0).isPresent()) {
      touch();
    }
    late.ifPresent(its -> its.bringTo(atVersion, rows));
    if (vectors != null) {
      return vectors;
    }
    ParameterState none = ParameterState.taking(new float[0], optimizer.slots());
    return new ChunkVectors(optimizer, rows.isEmpty() ? start.get() : none, version);
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
    root = cadence.late().isPresent() ? all : all.whole(vectors.size(), pool);
    progress = Progress.REDUCED;
    return Placement.REDUCED;
  }

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
    optimizer.step(scalars, part.sums(), vectors.from(version), 0, vectors.size());
    partsOfRounds = scalars.progress();
    version++;
    vectors.moveEvaluationPoint(version);
    forgetChecksum();
  }

  /** Ends the steps by parts: what they have made of the chunk is this version. */
  synchronized void settle(int atVersion) {
    if (progress == Progress.BY_PARTS) {
      vectors = new ChunkVectors(optimizer, vectors.from(version), atVersion);
      version = atVersion;
      progress = Progress.COLLECTING;
    }
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
    if (cadence.late().isPresent()) {
      stepLate(scalars);
      return;
    }
    ParameterState from = vectors.from(version);
    int size = vectors.size();
    optimizer.step(scalars, sums, norm, from, 0, size);
    if (!cadence.sendsSigns()) {
      stepped();
      return;
    }
    byte[] packed = optimizer.signs(scalars, sums, size);
    stepped();
    int slots = optimizer.replayedSlots().size();
    OptionalLong checked = cadence.checked(version + 1, () -> checksum(slots));
    signStep = new SignStep(version + 1, scalars.lossRose(), packed, checked, Optional.empty());
  }

  private void stepLate(RoundScalars scalars) {
    Optional<Subvector> rows = root.rows();
    if (rows.filter(none -> none.values() == 0).isEmpty()) {
      touch();
    }
    float[][] none = new float[optimizer.slots().size()][0];
    long stepped =
        late.map(its -> its.step(scalars, root, version, checksum()))
            .orElseGet(() -> Digest.ofStep(checksum(), new int[0], new float[0], none));
    stepped();
    checksum = OptionalLong.of(stepped);
    OptionalLong checked = cadence.checked(version + 1, () -> stepped);
    signStep =
        late.map(its -> its.signStep(version + 1, scalars.lossRose(), checked))
            .orElseGet(
                () -> new SignStep(version + 1, scalars.lossRose(), new byte[0], checked, rows));
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
        cadence
            .late()
            .filter(table -> base > CheckpointHeader.WHOLE)
            .map(
                table ->
                    late.map(its -> its.touchedSince(base))
                        .orElseGet(() -> Subvector.of(table, 0, new int[0])));
    int slots = optimizer.slots().size();
    reader.accept(new ChunkState(stands(), vectors(slots, part), checksum(), part));
  }

  private int stands() {
    return progress == Progress.STEPPED ? version + 1 : version;
  }

  private List<float[]> vectors(int slots, Optional<Subvector> part) {
    ChunkVectors shown = vectorsAt(stands(), part);
    List<float[]> all = new ArrayList<>();
    all.add(shown.weights(stands()));
    all.add(shown.weights(stands() + 1)); // where the version before stands, too
    all.addAll(List.of(shown.slots()).subList(0, slots));
    return part.map(some -> all.stream().map(some::taken).toList()).orElse(all);
  }

  /** Its parameters have been stepped, by this call or with those of all others. */
  synchronized void stepped() {
    root.giveBack(pool);
    root = null;
    progress = Progress.STEPPED;
    forgetChecksum();
    if (cadence.late().isEmpty()) {
      vectors.moveEvaluationPoint(version + 1);
    }
  }

  private void forgetChecksum() {
    checksum = OptionalLong.empty();
    hashes = Optional.empty();
  }

  /** Both versions of its weights and its slots, as they would be stepped from the current one. */
  synchronized ParameterState state() {
    return vectors.from(version);
  }

  /** One of the slots; empty if it has only rows of a table, none of them touched. */
  synchronized Optional<float[]> slot(int slot) {
    return Optional.ofNullable(vectors).map(its -> its.slots()[slot]);
  }

  /**
   * Copies the weights at the current version, the one before, or the next. There are none if it
   * has only rows of a table, none of them touched.
   */
  synchronized CollectedChunk collect(int atVersion) {
    Optional<float[]> weights =
        Optional.ofNullable(vectors)
            .map(its -> vectorsAt(atVersion, Optional.empty()).weights(atVersion).clone());
    if (cadence.late().isPresent()) {
      float[] sent = weights.orElseGet(() -> new float[0]);
      return new CollectedChunk(weights, Digest.hashes(sent, new float[0][]), checksum());
    }
    long[] all =
        atVersion == stands() ? hashes() : Digest.hashes(weights.orElseThrow(), vectors.slots());
    return new CollectedChunk(weights, all, Digest.ofHashes(all));
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
      checksum = OptionalLong.of(Digest.ofHashes(hashes()));
    }
    return checksum.getAsLong();
  }

  /** That of the weights and the first {@code slots} slots. */
  private long checksum(int slots) {
    return slots == optimizer.slots().size()
        ? checksum()
        : Digest.ofHashes(Arrays.copyOf(hashes(), 1 + slots));
  }

  private long[] hashes() {
    if (hashes.isEmpty()) {
      hashes = Optional.of(Digest.hashes(vectors.weights(stands()), vectors.slots()));
    }
    return hashes.get();
  }

  /** As {@link Board#show}, for this chunk. */
  synchronized boolean show(
      Vector vector, int wanted, Optional<Subvector> rows, Consumer<float[]> reader) {
    if (progress == Progress.BY_PARTS) {
      reader.accept(vectors.at(vector, version)); // whatever version it was sent as
      return true;
    }
    boolean isThere = wanted == version || wanted == version + 1 && progress == Progress.STEPPED;
    if (isThere) {
      reader.accept(vectorsAt(wanted, rows).at(vector, wanted));
    }
    return isThere;
  }
}
