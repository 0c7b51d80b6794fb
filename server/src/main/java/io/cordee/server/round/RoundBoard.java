package io.cordee.server.round;

import io.cordee.common.checkpoint.RoundMark;
import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.rule.Optimizer;
import io.cordee.common.rule.ParameterState;
import io.cordee.common.rule.RoundScalars;
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
 * <p>A chunk collects contributions until its root is complete. It may be stepped then, once the
 * round is applied, unless the rule waits for the whole round. Whoever is told by {@link #claim} to
 * step chunks does so with {@link #step}. When every chunk is stepped, {@link #advance} ends the
 * round. Version t stays readable until then.
 *
 * <p>Any thread may call. Chunks are added up, stepped and read side by side, each under its own
 * monitor; what concerns the round as a whole is brief, under the board's. A chunk never takes the
 * board's monitor.
 *
 * <p>Memory: two versions of the weights and the slots, two versions of the evaluation point if the
 * rule has its own, and the contributions that could not be added yet.
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

  private enum Stage {
    /** Chunks are reduced; none may be stepped. */
    COLLECTING,
    /** Chunks may be stepped; none is yet. */
    APPLIED,
    /** Chunks are on their way to the next version. */
    STEPPING
  }

  private final Optimizer optimizer;
  private final Chunks chunks;
  private final ReductionTree tree;
  private final BufferPool pool;
  private final Parallel parallel;
  private final List<ChunkRound> rounds = new ArrayList<>();
  private final Cadence cadence;
  private final Keeper keeper;
  private final RoundMark start;

  private int version;
  private Stage stage = Stage.COLLECTING;
  private List<Integer> claimable = new ArrayList<>();
  private int reduced;
  private int stepped;
  private boolean isKept;

  private double norm;
  private Tally measured = Tally.NONE;
  private double previousMeanLoss = Double.NaN;
  private OptionalInt notFinite = OptionalInt.empty();

  /**
   * @param initial the weights at version 0; copied
   * @param pool gets the arrays of contributions back when they are no longer needed
   */
  public RoundBoard(
      Optimizer optimizer,
      Chunks chunks,
      ReductionTree tree,
      float[] initial,
      BufferPool pool,
      Cadence cadence) {
    this(
        optimizer,
        chunks,
        tree,
        SavedState.start(initial, chunks, optimizer.slots()),
        pool,
        cadence,
        Keeper.NONE,
        Parallel.NONE);
  }

  /**
   * @param start where the first round begins; taken over
   * @param pool gets the arrays of contributions back when they are no longer needed
   * @param keeper keeps what has to last
   * @param parallel steps several chunks at once
   */
  public RoundBoard(
      Optimizer optimizer,
      Chunks chunks,
      ReductionTree tree,
      SavedState start,
      BufferPool pool,
      Cadence cadence,
      Keeper keeper,
      Parallel parallel) {
    this.pool = pool;
    this.parallel = parallel;
    this.optimizer = optimizer;
    this.chunks = chunks;
    this.tree = tree;
    this.cadence = cadence;
    this.keeper = keeper;
    this.start = start.mark();
    version = start.mark().version();
    previousMeanLoss = start.mark().meanLoss();
    for (int c = 0; c < chunks.count(); c++) {
      rounds.add(new ChunkRound(start.chunks().get(c), version, optimizer, tree, pool));
    }
  }

  /** How many rounds the current weights have behind them. */
  public synchronized int version() {
    return version;
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

  /** A copy of the weights at a version: the current one, the one before, or the next. */
  public float[] weights(int atVersion) {
    float[] all = new float[chunks.parameters()];
    for (int c = 0; c < chunks.count(); c++) {
      System.arraycopy(rounds.get(c).weights(atVersion), 0, all, chunks.from(c), chunks.size(c));
    }
    return all;
  }

  /**
   * What the rule keeps of a chunk in one of its slots. Not to be written; it holds still for who
   * has {@link #claim claimed} the chunk.
   */
  public float[] slot(int chunk, int slot) {
    return rounds.get(chunk).state().slots()[slot];
  }

  /**
   * The checksum of weights and slots, for each chunk: at {@link #version} if no chunk is stepped,
   * at the next one if all are. Not in between.
   */
  public long[] checksums() {
    synchronized (this) {
      if (stepped > 0 && !isStepped()) {
        throw new IllegalStateException(
            "checksums are taken between rounds; " + stepped + " chunks are stepped");
      }
    }
    long[] checksums = new long[chunks.count()];
    parallel.each(checksums.length, c -> checksums[c] = rounds.get(c).checksum());
    return checksums;
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
    synchronized (this) {
      isKept = true;
    }
  }

  /**
   * Keeps the current version as it stands; unless a chunk is being stepped, or has been: its slots
   * have moved on from there.
   *
   * @param seconds of training until then
   */
  public void keepCurrent(double seconds) {
    RoundMark now;
    synchronized (this) {
      if (stage == Stage.STEPPING || keeper == Keeper.NONE) {
        return;
      }
      now = new RoundMark(version, previousMeanLoss, seconds);
    }
    keeper.begin(now);
    for (int c = 0; c < chunks.count(); c++) {
      int chunk = c;
      rounds.get(c).showState(state -> keeper.keep(chunk, state));
    }
  }

  /**
   * Lets the chunks of this round be stepped.
   *
   * @param ofMeanGradient its norm, for a rule that {@link #needsNorm}; of no meaning otherwise
   */
  public synchronized void apply(double ofMeanGradient) {
    if (stage == Stage.COLLECTING) {
      norm = ofMeanGradient;
      stage = Stage.APPLIED;
    }
  }

  public synchronized boolean isApplied() {
    return stage != Stage.COLLECTING;
  }

  /** Whether the norm of the mean gradient of the whole vector has to be known first. */
  public boolean needsNorm() {
    return optimizer.clips() && !optimizer.mixesParameters();
  }

  /**
   * The sum of the squares of the mean gradient, for each chunk. Once per round, when it {@link
   * #isReduced}.
   */
  public double[] squares() {
    RoundScalars scalars = scalars();
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
    Placement placement =
        rounds
            .get(chunk)
            .offer(
                contribution.version(),
                contribution.node(),
                new ChunkSum(contribution.tally(), contribution.sums()));
    if (placement == Placement.REDUCED) {
      reduced(chunk, rounds.get(chunk).root());
    }
    return placement;
  }

  /** Gives the array of a contribution back that is not offered, or was refused. */
  public void drop(Contribution contribution) {
    pool.giveBack(contribution.sums());
  }

  private void reduced(int chunk, ChunkSum root) {
    int at = root.firstNotFinite();
    synchronized (this) {
      measured = root.tally();
      reduced++;
      claimable.add(chunk);
      if (at >= 0 && notFinite.isEmpty()) {
        int size = chunks.size(chunk);
        int parameter = at < size ? at : (at - size) / (chunks.width() - 1);
        notFinite = OptionalInt.of(chunks.from(chunk) + parameter);
      }
    }
  }

  /**
   * A parameter whose sum over all partitions, of gradients or curvatures, is NaN or infinite: as
   * floats may overflow where each partition's are finite. No further chunk of such a round is
   * stepped, and the current version stands.
   */
  public synchronized OptionalInt notFinite() {
    return notFinite;
  }

  /**
   * The tally of all rows of the round: known as soon as the first chunk's root is complete, and
   * the same in each of them.
   */
  public synchronized Optional<Tally> measured() {
    return reduced > 0 ? Optional.of(measured) : Optional.empty();
  }

  /** Whether the root of every chunk is complete. */
  public synchronized boolean isReduced() {
    return reduced == chunks.count();
  }

  /** Whether every chunk stands at the next version. */
  public synchronized boolean isStepped() {
    return stepped == chunks.count();
  }

  /** The chunks that stand at the next version. */
  public List<Integer> steppedChunks() {
    return IntStream.range(0, chunks.count())
        .filter(chunk -> rounds.get(chunk).isStepped())
        .boxed()
        .toList();
  }

  /** Whether gradients are taken elsewhere than at the weights. */
  public boolean hasOwnEvaluationPoint() {
    return optimizer.hasOwnEvaluationPoint();
  }

  /** Whether this partition's gradient is in every chunk of the round. */
  public boolean isCovered(int partition) {
    int leaf = tree.leaf(partition);
    return rounds.stream().allMatch(round -> round.isCovered(leaf));
  }

  /** The chunks that may be stepped now: it is for the caller, and nobody else, to step them. */
  public synchronized List<Integer> claim() {
    boolean waits = optimizer.waitsForWholeRound() && !isReduced();
    if (!isApplied() || waits || notFinite.isPresent() || claimable.isEmpty()) {
      return List.of();
    }
    stage = Stage.STEPPING;
    List<Integer> claimed = claimable;
    claimable = new ArrayList<>();
    return claimed;
  }

  /** Steps what was claimed; several chunks on several cores. */
  public void step(List<Integer> claimed) {
    if (claimed.isEmpty()) {
      return;
    }
    RoundScalars scalars = scalars();
    if (optimizer.mixesParameters()) {
      stepAll(scalars);
      rounds.forEach(ChunkRound::stepped);
      claimed.forEach(this::keep);
    } else {
      parallel.each(claimed.size(), i -> step(claimed.get(i), scalars));
    }
    synchronized (this) {
      stepped += claimed.size();
    }
  }

  /** All chunks at once, in vectors that are put together for it. */
  private void stepAll(RoundScalars scalars) {
    List<float[]> sums = rounds.stream().map(round -> round.root().sums()).toList();
    List<ParameterState> states = rounds.stream().map(ChunkRound::state).toList();
    ParameterState whole = ParameterState.joined(states);
    optimizer.stepAll(scalars, sums, chunks, whole);
    whole.split(states);
  }

  private void step(int chunk, RoundScalars scalars) {
    ChunkRound round = rounds.get(chunk);
    if (cadence.sendsSigns()) {
      boolean isChecked = cadence.isCheckDue(scalars.round());
      if (optimizer.clips()) {
        round.stepMeansBySigns(scalars, norm(), isChecked);
      } else {
        round.stepBySigns(scalars, isChecked);
      }
      keeper.keepSigns(chunk, round.signStep());
    } else if (optimizer.clips()) {
      round.stepMeans(scalars, norm());
    } else {
      round.step(scalars);
    }
    if (cadence.isDigestDue(scalars.round())) {
      round.checksum(); // while the chunk is in cache
    }
    keep(chunk);
  }

  private void keep(int chunk) {
    boolean isDue;
    synchronized (this) {
      isDue = isKept;
    }
    if (isDue) {
      rounds.get(chunk).showState(state -> keeper.keep(chunk, state));
    }
  }

  private synchronized double norm() {
    return norm;
  }

  private synchronized RoundScalars scalars() {
    return new RoundScalars(version + 1, measured.rows(), measured.meanLoss(), previousMeanLoss);
  }

  /**
   * As {@link #advance()}, for a keeper.
   *
   * @param seconds of training until now
   */
  public synchronized void advance(double seconds) {
    advance();
    keeper.roundEnded(new RoundMark(version, previousMeanLoss, seconds));
  }

  /** Ends the round: what was stepped is the current version. */
  public synchronized void advance() {
    if (!isStepped()) {
      throw new IllegalStateException(stepped + " of " + chunks.count() + " chunks are stepped");
    }
    version++;
    stepped = 0;
    reduced = 0;
    isKept = false;
    stage = Stage.COLLECTING;
    previousMeanLoss = measured.meanLoss();
    rounds.forEach(ChunkRound::advance);
  }

  @Override
  public SignStep signStep(int chunk) {
    return rounds.get(chunk).signStep();
  }

  @Override
  public void showState(int chunk, Consumer<ChunkState> reader) {
    rounds.get(chunk).showState(reader);
  }

  /** The chunk is there at the current version, and at the next one if it is stepped. */
  @Override
  public boolean show(Vector vector, int chunk, int wanted, Consumer<float[]> reader) {
    return rounds.get(chunk).show(vector, wanted, reader);
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
