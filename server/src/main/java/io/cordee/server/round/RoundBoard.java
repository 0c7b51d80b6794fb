package io.cordee.server.round;

import io.cordee.common.checkpoint.RoundMark;
import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Vectors;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.RoundScalars;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.common.wire.NodeRounding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The chunks of the parameter vector and how far each of them is in the current round. A state
 * machine: no clock, no thread and no network of its own.
 *
 * <p>A chunk collects contributions until its root is complete. It may then be stepped, once the
 * round is applied, unless the optimizer waits for the whole round. A caller told by {@link #claim}
 * to step chunks does so with {@link #step}. When every chunk is stepped, {@link #advance} ends the
 * round. Version t stays readable until then.
 *
 * <p>Where contributions do not wait for their round, each of them {@linkplain #step(Contribution,
 * long) is a step} of its chunk. A version is then only the label under which a worker is sent a
 * chunk, for its own count of rounds: there is only one state of a chunk, the current one, until
 * all are {@linkplain #settle settled}.
 *
 * <p>Any thread may call. Chunks are reduced, stepped and read in parallel, each under its own
 * monitor; what concerns the round as a whole is brief, in {@link RoundState}.
 *
 * <p>Memory: two versions of the weights and the slots, two versions of the lookahead point if the
 * optimizer has its own, and the contributions that could not be added yet. A chunk of a table that
 * nobody has touched takes none.
 */
public final class RoundBoard implements Board {

  /** What became of a contribution. */
  public enum Placement {
    /** It is in the tree. */
    PLACED,
    /** It is in the tree, and its chunk's root is complete with it. */
    REDUCED,
    /** It was there already, as part of what others sent, or of an earlier round. */
    DUPLICATE
  }

  private final Optimizer optimizer;
  private final Chunks chunks;
  private final ReductionTree tree;
  private final BufferPool pool;
  private final Parallel parallel;
  private final ChunkSteps steps;
  private final List<ChunkRound> rounds = new ArrayList<>();
  private final Keeper keeper;
  private final RoundMark start;
  private final RoundState state;

  /**
   * @param rounding of sums, in the chunks of this vector
   * @param start where the first round begins; taken over
   * @param pool receives the arrays of contributions back when they are no longer needed
   */
  public RoundBoard(
      Optimizer optimizer,
      NodeRounding rounding,
      ReductionTree tree,
      SavedState start,
      BufferPool pool,
      Cadence cadence,
      Keeper keeper,
      Parallel parallel) {
    this.pool = pool;
    this.parallel = parallel;
    this.optimizer = optimizer;
    this.chunks = rounding.chunks();
    this.tree = tree;
    this.keeper = keeper;
    this.start = start.mark();
    this.state = new RoundState(chunks.count(), start.mark());
    TreeReduction.QuadAdder<Contribution> adder = Contribution.adder(rounding);
    for (int c = 0; c < chunks.count(); c++) {
      int from = chunks.from(c);
      ChunkState its = state(start, c, optimizer.at(from), cadence.from(from));
      rounds.add(
          new ChunkRound(its, new TreeReduction<>(tree, adder, sum -> sum.giveBack(pool)), pool));
    }
    steps = new ChunkSteps(optimizer, chunks, cadence, keeper, rounds, parallel);
  }

  /**
   * @param its optimizer, and {@code cadence}, in a vector that begins with the chunk
   */
  private ChunkState state(SavedState saved, int chunk, Optimizer its, Cadence cadence) {
    int version = saved.mark().version();
    long checksum = saved.checksums().get(chunk);
    if (cadence.late().isEmpty()) {
      return new DenseChunk(its, cadence, pool, saved.chunks().get(chunk), version, checksum);
    }
    return new EmbeddingChunk(
        its,
        cadence,
        pool,
        chunks.size(chunk),
        () -> saved.chunks().get(chunk),
        saved.touched().map(rows -> rows.get(chunk)),
        version,
        checksum);
  }

  /** How many rounds the current weights have behind them. */
  public int version() {
    return state.version();
  }

  /** Where the first round of this process began. */
  public RoundMark start() {
    return start;
  }

  @Override
  public Chunks chunks() {
    return chunks;
  }

  public ReductionTree tree() {
    return tree;
  }

  /** Copies each chunk's weights at a version: the current one, the one before, or the next. */
  public List<CollectedChunk> collect(int atVersion) {
    CollectedChunk[] all = new CollectedChunk[chunks.count()];
    parallel.each(all.length, c -> all[c] = rounds.get(c).get(its -> its.collect(atVersion)));
    return List.of(all);
  }

  /**
   * What the optimizer keeps of a chunk in one of its slots. Not to be written; it holds still for
   * who has {@link #claim claimed} the chunk.
   */
  public float[] slot(int chunk, int slot) {
    return steps.slot(chunk, slot);
  }

  /**
   * The checksum of weights and slots, for each chunk: at {@link #version} if no chunk is stepped,
   * at the next one if all are. Not in between.
   */
  public long[] checksums() {
    state.requireAllAtOneVersion();
    long[] checksums = new long[chunks.count()];
    parallel.each(checksums.length, c -> checksums[c] = rounds.get(c).get(ChunkState::checksum));
    return checksums;
  }

  public void trainedOn(String rows) {
    keeper.trainedOn(rows);
  }

  /**
   * What this round leads to is kept, beginning with the first chunk that is stepped.
   *
   * @param next the end of this round
   */
  public void keep(RoundMark next) {
    if (keeper == Keeper.NONE) {
      return;
    }
    keeper.begin(next);
    state.keep();
  }

  /**
   * Keeps the current version as it stands; unless a chunk is being stepped, or has been: its slots
   * have moved on from there.
   *
   * @param seconds of training until then
   */
  public void keepCurrent(double seconds) {
    Optional<RoundMark> now = state.mark(seconds);
    if (now.isEmpty() || keeper == Keeper.NONE) {
      return;
    }
    keeper.begin(now.get());
    for (int c = 0; c < chunks.count(); c++) {
      steps.keep(c);
    }
  }

  /**
   * Lets the chunks of this round be stepped.
   *
   * @param ofMeanGradient its norm, for an optimizer that {@link #needsNorm}; of no meaning
   *     otherwise
   */
  public void apply(double ofMeanGradient) {
    state.apply(ofMeanGradient);
  }

  public boolean isApplied() {
    return state.isApplied();
  }

  /** Returns whether the norm of the mean gradient of the whole vector has to be known first. */
  public boolean needsNorm() {
    return optimizer.clips() && !optimizer.mixesParameters();
  }

  /**
   * The sum of the squares of the mean gradient, for each chunk. Once per round, when it {@link
   * #isReduced}.
   */
  public double[] squares() {
    RoundScalars scalars = state.scalars();
    double[] squares = new double[chunks.count()];
    parallel.each(squares.length, c -> squares[c] = rounds.get(c).squares(scalars));
    return squares;
  }

  /**
   * Takes a contribution.
   *
   * @throws IllegalArgumentException if it cannot belong to this job: no such chunk or node, a
   *     wrong length, a version that is yet to come, fewer rows than none
   */
  public Placement offer(Contribution contribution) {
    check(contribution);
    int chunk = contribution.chunk();
    Placement placement = rounds.get(chunk).offer(contribution);
    if (placement == Placement.REDUCED) {
      Contribution root = rounds.get(chunk).root();
      // Floats may overflow where each contribution's are finite.
      boolean isAdded = root != contribution;
      int at = isAdded ? Vectors.firstNotFinite(root.sums()) : contribution.firstNotFinite();
      state.reduced(chunk, root.tally(), notFinite(root, at));
    }
    return placement;
  }

  /** Returns to the pool the array of a contribution that is not offered, or was refused. */
  public void drop(Contribution contribution) {
    contribution.giveBack(pool);
  }

  /** The parameter that this float of a contribution is of. */
  private OptionalInt notFinite(Contribution sum, int index) {
    if (index < 0) {
      return OptionalInt.empty();
    }
    int at = sum.parameter(index);
    int size = chunks.size(sum.chunk());
    int parameter = at < size ? at : (at - size) / (chunks.width() - 1);
    return OptionalInt.of(chunks.from(sum.chunk()) + parameter);
  }

  /** A parameter whose sum in this contribution is not finite, if any. */
  public OptionalInt notFinite(Contribution contribution) {
    check(contribution);
    return notFinite(contribution, contribution.firstNotFinite());
  }

  /**
   * A parameter whose sum over all partitions, of gradients or curvatures, is NaN or infinite:
   * floats may overflow where each partition's are finite. No further chunk of such a round is
   * stepped, and the current version stands.
   */
  public OptionalInt notFinite() {
    return state.notFinite();
  }

  /**
   * The tally of all rows of the round, once the first chunk's root is complete; the same in each.
   */
  public Optional<Tally> measured() {
    return state.measured();
  }

  /** Returns whether the root of every chunk is complete. */
  public boolean isReduced() {
    return state.isReduced();
  }

  /** Returns whether every chunk stands at the next version. */
  public boolean isStepped() {
    return state.isStepped();
  }

  public List<Integer> steppedChunks() {
    return IntStream.range(0, chunks.count())
        .filter(chunk -> rounds.get(chunk).isStepped())
        .boxed()
        .toList();
  }

  /** Returns whether gradients are taken elsewhere than at the weights. */
  public boolean hasLookahead() {
    return optimizer.hasLookahead();
  }

  /** Returns whether this partition's gradient is in every chunk of the round. */
  public boolean isCovered(int partition) {
    int leaf = tree.leaf(partition);
    return rounds.stream().allMatch(round -> round.isCovered(leaf));
  }

  /** The chunks that may be stepped now: it is for the caller, and nobody else, to step them. */
  public List<Integer> claim() {
    return state.claim(optimizer.waitsForWholeRound());
  }

  /** Steps what was claimed; several chunks on several cores. */
  public void step(List<Integer> claimed) {
    if (!claimed.isEmpty()) {
      steps.step(claimed, state.scalars(), state.norm(), state.isKept());
      state.stepped(claimed.size());
    }
  }

  /**
   * Begins to step chunks by each contribution, until they are {@linkplain #settle settled}.
   *
   * @throws IllegalArgumentException if the optimizer cannot step a part of the vector by itself
   */
  public void stepByParts() {
    if (optimizer.waitsForWholeRound()) {
      throw new IllegalArgumentException(
          "an optimizer that waits for the whole round is synchronous");
    }
    rounds.forEach(ChunkRound::stepByParts);
  }

  /**
   * Steps a chunk by what some of a round's rows have contributed, at their share of the learning
   * rate; not once it is settled. The contribution's array is used up.
   *
   * @param batchRows of the whole round
   * @return the first parameter whose sum is not finite, if any: nothing is applied then
   */
  public OptionalInt step(Contribution part, long batchRows) {
    OptionalInt parameter = notFinite(part, part.firstNotFinite());
    if (parameter.isEmpty()) {
      rounds.get(part.chunk()).step(part, batchRows);
    }
    drop(part);
    return parameter;
  }

  /** Ends the steps by parts: what these have come to is this version. */
  public void settle(int version) {
    state.settle(version);
    rounds.forEach(round -> round.settle(version));
  }

  /**
   * Ends the round: what was stepped is the current version.
   *
   * @throws IllegalStateException if not every chunk is stepped
   */
  public void advance() {
    state.advance();
    rounds.forEach(ChunkRound::advance);
  }

  @Override
  public SignStep signStep(int chunk) {
    return rounds.get(chunk).signStep();
  }

  @Override
  public void showState(int chunk, Consumer<ShownChunk> reader) {
    rounds.get(chunk).show(ChunkState::replayed, reader);
  }

  @Override
  public ShownChunk copyState(int chunk, Subvector part) {
    return rounds.get(chunk).get(state -> state.copyReplayed(part));
  }

  /** The chunk is there at the current version, and at the next one if it is stepped. */
  @Override
  public boolean show(Vector vector, int chunk, int wanted, Consumer<float[]> reader) {
    return rounds.get(chunk).show(vector, wanted, reader);
  }

  @Override
  public Optional<float[]> copy(Vector vector, int chunk, int wanted, Subvector part) {
    return rounds.get(chunk).copy(vector, wanted, part);
  }

  private void check(Contribution contribution) {
    contribution.check(chunks, tree);
    int current = version();
    if (contribution.version() > current) {
      throw new IllegalArgumentException(
          "contributions of version "
              + current
              + " are taken; found version "
              + contribution.version());
    }
  }
}
