package io.cordee.common.optimizer;

import io.cordee.common.kernel.PlainFirst;
import io.cordee.common.kernel.Vectors;
import io.cordee.common.model.Words;
import io.cordee.common.optimizer.BlockUpdate.Step;
import io.cordee.common.optimizer.BlockUpdate.Way;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.wire.Signs;
import io.cordee.function.Layout;
import java.util.List;
import java.util.Optional;

/**
 * An optimizer with its options, for a vector of a known length: turns the sums of a round into new
 * weights. Threads may step disjoint ranges at once.
 *
 * <p>In this order: sums times 1/rows, in float, are means; {@code clip_norm} shortens the mean
 * gradient; {@code gradient_noise} is added, and coupled {@code weight_decay}; the optimizer steps;
 * decoupled {@code weight_decay} is taken off.
 */
public final class Optimizer {

  /** Steps of fewer parameters say little about the speed of loops. */
  private static final int TOO_SHORT = 1024;

  private final Update update;
  private final WeightDecay decay;
  private final Optional<NormClip> clip;
  private final Optional<GradientNoise> noise;
  private final int parameters;
  private final PlainFirst<Way> ways = Way.choice();

  private Optimizer(
      Update update,
      WeightDecay decay,
      Optional<NormClip> clip,
      Optional<GradientNoise> noise,
      int parameters) {
    this.update = update;
    this.decay = decay;
    this.clip = clip;
    this.noise = noise;
    this.parameters = parameters;
  }

  /**
   * @throws IllegalArgumentException if settings do not fit each other or the vector
   */
  public static Optimizer of(OptimizerSpec spec, Layout layout, long seed) {
    Optimizer ofAll = of(spec, layout.parameters());
    return new Optimizer(
        ofAll.update,
        WeightDecay.of(spec.settings(), Optional.of(layout)),
        ofAll.clip,
        GradientNoise.of(spec.settings(), seed),
        ofAll.parameters);
  }

  /** The same, for states whose index 0 is this one of the vector's. */
  public Optimizer at(int first) {
    WeightDecay there = decay.at(first);
    return there == decay && noise.isEmpty()
        ? this
        : new Optimizer(update, there, clip, noise.map(it -> it.at(first)), parameters);
  }

  /**
   * For a vector whose parameters are all alike; the seed is 0.
   *
   * @throws IllegalArgumentException if settings do not fit each other or the vector
   */
  public static Optimizer of(OptimizerSpec spec, int parameters) {
    Update update = OptimizerCatalog.make(spec);
    if (parameters > update.maxParameters()) {
      throw new IllegalArgumentException(
          "optimizer %s with curvature %s takes models of at most %s parameters; this one has %s"
              .formatted(
                  spec.name(), Words.of(update.curvature()), update.maxParameters(), parameters));
    }
    return of(update, spec.settings(), parameters);
  }

  /**
   * With an optimizer that is in no catalogue; weight decay and clipping are looked for in the
   * options.
   */
  public static Optimizer of(Update update, Settings options, int parameters) {
    return new Optimizer(
        update,
        WeightDecay.of(options, Optional.empty()),
        NormClip.of(options),
        GradientNoise.of(options, 0),
        parameters);
  }

  /** Floats per parameter in a contribution. */
  public int width() {
    return update.curvature().width(parameters);
  }

  public Curvature curvature() {
    return update.curvature();
  }

  public List<Slot> slots() {
    return update.slots();
  }

  /** Returns whether no range can be stepped before all sums are there. */
  public boolean waitsForWholeRound() {
    return update instanceof WholeUpdate || clip.isPresent();
  }

  /** Returns whether gradients are taken elsewhere than at the weights. */
  public boolean hasLookahead() {
    return update.hasLookahead();
  }

  /**
   * Returns whether parameters without a gradient may be stepped later than others, and in any
   * grouping. A step depends only on their own weights, slots and sums, and on the round; before
   * there is any gradient it leaves them as they are, except for a weight of −0.
   */
  public boolean canStepLate() {
    return update instanceof BlockUpdate
        && clip.isEmpty()
        && noise.isEmpty()
        && decay instanceof WeightDecay.None;
  }

  /** As {@link Update#rests}, with all else that makes a step. */
  public boolean rests() {
    return update.rests() && canStepLate();
  }

  /** Returns whether the optimizer needs all parameters in one place to be stepped. */
  public boolean mixesParameters() {
    return update instanceof WholeUpdate;
  }

  public boolean clips() {
    return clip.isPresent();
  }

  /**
   * Steps the parameters [from, to), by an optimizer that does not {@linkplain #clips clip}.
   *
   * @param sums over the rows of the round, for this range, from index 0: to − from floats of
   *     gradient, then what else {@link #width} has room for: as many diagonal second derivatives,
   *     or the range's rows of the Hessian. May be overwritten
   * @throws IllegalStateException if the optimizer {@linkplain #waitsForWholeRound waits for the
   *     whole round}
   */
  public void step(RoundScalars scalars, float[] sums, ParameterState state, int from, int to) {
    if (clips()) {
      throw new IllegalStateException("this optimizer has to know the norm of the whole gradient");
    }
    step(scalars, sums, 0, state, from, to);
  }

  /**
   * Steps the parameters [from, to).
   *
   * @param sums as above; where the optimizer clips, as {@link #squares} has left them
   * @param norm of the whole vector's mean gradient, where the optimizer clips
   * @throws IllegalStateException if the optimizer mixes the parameters, so that only {@link
   *     #stepAll} can step them
   */
  public void step(
      RoundScalars scalars, float[] sums, double norm, ParameterState state, int from, int to) {
    if (!(update instanceof RangeUpdate range)) {
      throw new IllegalStateException("this optimizer steps the whole vector at once; use stepAll");
    }
    if (isScaledByOptimizer()) {
      take(((BlockUpdate) update).in(scalars), Block.of(sums, perRow(scalars), state, from, to));
      return;
    }
    prepare(scalars, sums, norm, state, from, to);
    if (range instanceof BlockUpdate blocks) {
      take(blocks.in(scalars), Block.of(sums, 1, state, from, to));
    } else {
      range.step(scalars, sums, state, from, to);
    }
    decay.afterStep(scalars, state, from, to);
  }

  /** Returns whether the optimizer reads sums, and nothing else does. */
  private boolean isScaledByOptimizer() {
    return update instanceof BlockUpdate
        && decay instanceof WeightDecay.None
        && clip.isEmpty()
        && noise.isEmpty();
  }

  /** Makes of sums the gradient that the optimizer steps by. */
  private void prepare(
      RoundScalars scalars, float[] sums, double norm, ParameterState state, int from, int to) {
    if (clip.isPresent()) {
      clip.get().apply(sums, to - from, norm);
    } else {
      takeMeans(scalars, sums, to - from);
    }
    noise.ifPresent(it -> it.apply(scalars.round(), sums, from, to));
    decay.beforeStep(update, sums, state, from, to);
  }

  /**
   * Makes the sums of a chunk means, in place, for an optimizer that {@linkplain #clips clips}, and
   * returns the sum of the squares of its mean gradient. Once those of all chunks are known,
   * wherever they were taken, their {@link #norm} is.
   *
   * @param sums as in {@link #step}
   * @param size parameters of the chunk
   */
  public double squares(RoundScalars scalars, float[] sums, int size) {
    takeMeans(scalars, sums, size);
    return Vectors.squares(sums, size);
  }

  /** The norm of a mean gradient, from the {@link #squares} of all chunks, in chunk order. */
  public static double norm(double[] squares) {
    return NormClip.norm(squares);
  }

  /** Steps the whole vector; {@code sums} are for every chunk as in {@link #step}. */
  public void stepAll(
      RoundScalars scalars, List<float[]> sums, Chunks chunks, ParameterState state) {
    double norm = 0;
    if (clips()) {
      double[] squares = new double[chunks.count()];
      for (int c = 0; c < squares.length; c++) {
        squares[c] = squares(scalars, sums.get(c), chunks.size(c));
      }
      norm = norm(squares);
    }
    for (int c = 0; c < chunks.count(); c++) {
      if (update instanceof WholeUpdate) {
        prepare(scalars, sums.get(c), norm, state, chunks.from(c), chunks.to(c));
      } else {
        step(scalars, sums.get(c), norm, state, chunks.from(c), chunks.to(c));
      }
    }
    if (update instanceof WholeUpdate whole) {
      whole.step(scalars, sums, chunks, state);
      decay.afterStep(scalars, state, 0, parameters);
    }
  }

  /**
   * Returns the signs that a {@linkplain OptimizerDefinition#isSignDriven sign-driven} optimizer
   * has moved the weights by, as {@link Signs} packs them: what a {@linkplain #replay replay} has
   * to be told.
   *
   * @param sums that a step has just been taken by, as it has left them
   */
  public byte[] signs(RoundScalars scalars, float[] sums, int size) {
    byte[] packed = new byte[Signs.bytes(size)];
    Signs.pack(sums, isScaledByOptimizer() ? perRow(scalars) : 1, size, packed);
    return packed;
  }

  private SignUpdate signOptimizer() {
    if (update instanceof SignUpdate signs) {
      return signs;
    }
    throw new IllegalStateException("the steps of this optimizer cannot be replayed from signs");
  }

  /** The slots that a {@link #replay} reads and writes: all of {@link #slots}, or the first few. */
  public List<Slot> replayedSlots() {
    return signOptimizer().replayedSlots();
  }

  /**
   * Takes a step of [from, to) again from its signs, to the same bits.
   *
   * @param signs −1, 0 or 1, from index 0: as {@link #signs} has packed them. Clipping and coupled
   *     decay are in them already
   * @param state with the {@link #replayedSlots} at least
   */
  public void replay(RoundScalars scalars, float[] signs, ParameterState state, int from, int to) {
    replay(scalars, Block.of(signs, 1, state, from, to));
  }

  /** As above, for a block whose sums are the signs. */
  void replay(RoundScalars scalars, Block block) {
    take(signOptimizer().replay(scalars), block);
    decay.afterStep(
        scalars,
        ParameterState.of(block.current(), block.next(), block.slots()),
        block.weightsFrom(),
        block.weightsFrom() + block.length());
  }

  /**
   * Writes the point at which gradients are taken to {@code into}, from index {@code at} on: the
   * weights, or for Nesterov weights + β · previous step.
   *
   * @param weights {@code state.current()} or {@code state.next()}: whichever the slots of [from,
   *     to) belong to, by parameter
   */
  public void lookaheadPoint(
      float[] weights, ParameterState state, int from, int to, float[] into, int at) {
    update.lookaheadPoint(weights, state, from, to, into, at);
  }

  private void take(Step step, Block range) {
    if (range.length() < TOO_SHORT) {
      ways.get().take(step, range);
    } else {
      ways.run(range.length(), way -> way.take(step, range));
    }
  }

  private void takeMeans(RoundScalars scalars, float[] sums, int size) {
    Vectors.scale(sums, size * width(), perRow(scalars));
  }

  private static float perRow(RoundScalars scalars) {
    return (float) (1.0 / scalars.rows());
  }
}
