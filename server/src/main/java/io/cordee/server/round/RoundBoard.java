package io.cordee.server.round;

import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Digest;
import io.cordee.common.kernel.Vectors;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.common.rule.Optimizer;
import io.cordee.common.rule.ParameterState;
import io.cordee.common.rule.RoundScalars;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The chunks of the parameter vector and how far each of them is in the current round. A pure state
 * machine: no clock, no thread, no network.
 *
 * <p>A chunk collects contributions until its root is complete; then it is stepped at once, unless
 * the round is held (see {@link #hold}) or the rule waits for the whole round. When every chunk is
 * stepped, {@link #advance} ends the round. Version t stays readable until then.
 *
 * <p>Memory: the state's two versions and slots, two versions of the evaluation point if the rule
 * has its own, and the contributions that could not be added yet.
 */
public final class RoundBoard {

  /** What became of a contribution. */
  public enum Placement {
    /** It is in the tree. */
    PLACED,
    /** It was there already, as part of what others sent, or of an earlier round. */
    DUPLICATE
  }

  private enum ChunkState {
    COLLECTING,
    /** The root is complete; the chunk waits to be stepped. */
    REDUCED,
    STEPPED
  }

  private final Optimizer optimizer;
  private final Chunks chunks;
  private final ReductionTree tree;
  private final ParameterState state;
  private final BufferPool pool;

  private final ChunkState[] states;
  private final List<TreeReduction<ChunkSum>> reductions = new ArrayList<>();
  private final ChunkSum[] roots;
  private final long[] checksums;

  /**
   * Evaluation points of even and odd versions, if they are not the weights: kept, since slots move
   * on.
   */
  private final float[][] points;

  private int version;
  private int stepped;
  private int reduced;
  private boolean held;
  private Tally measured = Tally.NONE;
  private double previousMeanLoss = Double.NaN;
  private OptionalInt notFinite = OptionalInt.empty();

  /**
   * @param initial the weights at version 0
   * @param pool gets the arrays of contributions back when they are no longer needed
   */
  public RoundBoard(
      Optimizer optimizer, Chunks chunks, ReductionTree tree, float[] initial, BufferPool pool) {
    this.pool = pool;
    this.optimizer = optimizer;
    this.chunks = chunks;
    this.tree = tree;
    this.state = new ParameterState(initial, optimizer.slots());
    this.states = new ChunkState[chunks.count()];
    this.roots = new ChunkSum[chunks.count()];
    this.checksums = new long[chunks.count()];
    this.points =
        optimizer.hasOwnEvaluationPoint()
            ? new float[][] {initial.clone(), initial.clone()}
            : new float[0][];
    for (int c = 0; c < chunks.count(); c++) {
      states[c] = ChunkState.COLLECTING;
      reductions.add(new TreeReduction<>(tree, ChunkSum::add, sum -> pool.giveBack(sum.sums())));
      checksums[c] = Digest.ofChunk(initial, state.slots(), chunks.from(c), chunks.to(c));
    }
  }

  /** How many rounds the current weights have behind them. */
  public int version() {
    return version;
  }

  public Chunks chunks() {
    return chunks;
  }

  public ReductionTree tree() {
    return tree;
  }

  /** The weights at {@link #version}; not to be written. */
  public float[] weights() {
    return state.current();
  }

  /**
   * The digest of weights and slots at {@link #version}. Only between rounds: no chunk may be
   * stepped.
   */
  public String digest() {
    if (stepped > 0) {
      throw new IllegalStateException(
          "a digest is taken between rounds; " + stepped + " chunks are stepped");
    }
    return Digest.ofVector(version, checksums);
  }

  /** While held, chunks are collected and reduced but not stepped. */
  public void hold() {
    held = true;
  }

  /** Steps what waited. Returns the chunks that were stepped. */
  public List<Integer> release() {
    held = false;
    return stepWhatMay();
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
    if (contribution.version() < version || states[chunk] != ChunkState.COLLECTING) {
      pool.giveBack(contribution.sums());
      return Placement.DUPLICATE;
    }
    TreeReduction<ChunkSum> reduction = reductions.get(chunk);
    ChunkSum sum = new ChunkSum(contribution.tally(), contribution.sums());
    if (reduction.offer(contribution.node(), sum).isEmpty()) {
      return Placement.DUPLICATE;
    }
    if (reduction.isComplete()) {
      reduced(chunk, reduction.take(ReductionTree.ROOT).orElseThrow());
    }
    return Placement.PLACED;
  }

  private void reduced(int chunk, ChunkSum root) {
    roots[chunk] = root;
    states[chunk] = ChunkState.REDUCED;
    reduced++;
    measured = root.tally();
    float[] sums = root.sums();
    if (notFinite.isEmpty() && !Vectors.allFinite(sums, 0, sums.length)) {
      int at = Vectors.firstNotFinite(sums, 0, sums.length);
      int size = chunks.size(chunk);
      int parameter = at < size ? at : (at - size) / (chunks.width() - 1);
      notFinite = OptionalInt.of(chunks.from(chunk) + parameter);
    }
  }

  /**
   * A parameter whose sum over all partitions, of gradients or curvatures, is NaN or infinite: as
   * floats may overflow where each partition's are finite. No further chunk of such a round is
   * stepped, and the current version stands.
   */
  public OptionalInt notFinite() {
    return notFinite;
  }

  /**
   * The tally of all rows of the round: known as soon as the first chunk's root is complete, and
   * the same in each of them.
   */
  public Optional<Tally> measured() {
    return reduced > 0 ? Optional.of(measured) : Optional.empty();
  }

  /** Whether the root of every chunk is complete. */
  public boolean isReduced() {
    return reduced == chunks.count();
  }

  /** Whether every chunk stands at the next version. */
  public boolean isStepped() {
    return stepped == chunks.count();
  }

  /** The chunks that stand at the next version. */
  public List<Integer> steppedChunks() {
    return IntStream.range(0, states.length)
        .filter(chunk -> states[chunk] == ChunkState.STEPPED)
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
    for (int c = 0; c < states.length; c++) {
      if (states[c] == ChunkState.COLLECTING && !reductions.get(c).isCovered(leaf)) {
        return false;
      }
    }
    return true;
  }

  /** Steps every chunk that may be; returns them. */
  public List<Integer> stepWhatMay() {
    boolean waits = optimizer.waitsForWholeRound() && !isReduced();
    if (held || waits || notFinite.isPresent() || reduced == stepped) {
      return List.of();
    }
    RoundScalars scalars =
        new RoundScalars(version + 1, measured.rows(), measured.meanLoss(), previousMeanLoss);
    List<Integer> now = new ArrayList<>();
    for (int c = 0; c < states.length; c++) {
      if (states[c] == ChunkState.REDUCED) {
        now.add(c);
      }
    }
    if (optimizer.waitsForWholeRound()) {
      List<float[]> sums = new ArrayList<>();
      for (ChunkSum root : roots) {
        sums.add(root.sums());
      }
      optimizer.stepAll(scalars, sums, chunks, state);
    } else {
      for (int c : now) {
        optimizer.step(scalars, roots[c].sums(), state, chunks.from(c), chunks.to(c));
      }
    }
    now.forEach(this::stepped);
    return now;
  }

  private void stepped(int chunk) {
    states[chunk] = ChunkState.STEPPED;
    stepped++;
    pool.giveBack(roots[chunk].sums());
    roots[chunk] = null;
    int from = chunks.from(chunk);
    int to = chunks.to(chunk);
    checksums[chunk] = Digest.ofChunk(state.next(), state.slots(), from, to);
    if (optimizer.hasOwnEvaluationPoint()) {
      optimizer.evaluationPoint(state.next(), state, from, to, nextPoint(), from);
    }
  }

  /** Ends the round: what was stepped is the current version. */
  public void advance() {
    if (!isStepped()) {
      throw new IllegalStateException(stepped + " of " + chunks.count() + " chunks are stepped");
    }
    state.advance();
    version++;
    stepped = 0;
    reduced = 0;
    previousMeanLoss = measured.meanLoss();
    for (int c = 0; c < states.length; c++) {
      states[c] = ChunkState.COLLECTING;
    }
  }

  /**
   * The vector in which this chunk stands at {@code wanted} as the point where gradients are taken:
   * the current version, or the next one if the chunk is stepped. Not to be written.
   *
   * @return empty if the chunk is not there (yet, or any more) at that version
   */
  public Optional<float[]> evaluationPoint(int chunk, int wanted) {
    if (wanted == version) {
      return Optional.of(point());
    }
    boolean isNext = wanted == version + 1 && states[chunk] == ChunkState.STEPPED;
    return isNext ? Optional.of(nextPoint()) : Optional.empty();
  }

  private float[] point() {
    return optimizer.hasOwnEvaluationPoint() ? points[version % 2] : state.current();
  }

  private float[] nextPoint() {
    return optimizer.hasOwnEvaluationPoint() ? points[(version + 1) % 2] : state.next();
  }

  private void check(Contribution contribution) {
    int chunk = contribution.chunk();
    if (chunk < 0 || chunk >= chunks.count()) {
      throw new IllegalArgumentException(
          "chunk must be 0 to " + (chunks.count() - 1) + "; found " + chunk);
    }
    if (!tree.contains(contribution.node())) {
      throw new IllegalArgumentException(
          "no node "
              + contribution.node()
              + " in a tree over "
              + tree.partitions()
              + " partitions");
    }
    if (contribution.version() > version || contribution.version() < 0) {
      throw new IllegalArgumentException(
          "contributions of version "
              + version
              + " are taken; found version "
              + contribution.version());
    }
    if (contribution.tally().rows() < 0) {
      throw new IllegalArgumentException(
          "a tally has 0 rows or more; found " + contribution.tally().rows());
    }
    int expected = chunks.contributionSize(chunk);
    if (contribution.sums().length != expected) {
      throw new IllegalArgumentException(
          "chunk " + chunk + " has " + expected + " floats; found " + contribution.sums().length);
    }
  }
}
