package io.cordee.common.rule;

import io.cordee.common.kernel.Vectors;
import io.cordee.common.reduce.Chunks;
import java.util.List;
import java.util.Locale;

/**
 * An update rule with its options, for a vector of a known length: turns the sums of a round into
 * new weights. Immutable, so that threads may step disjoint ranges at once.
 *
 * <p>In this order: sums times 1/rows, in float, are means; {@code clip_norm} shortens the mean
 * gradient; coupled {@code weight_decay} is added; the rule steps; decoupled {@code weight_decay}
 * is taken off.
 */
public final class Optimizer {

  private final UpdateRule rule;
  private final RuleOptions options;
  private final int parameters;

  private Optimizer(UpdateRule rule, RuleOptions options, int parameters) {
    this.rule = rule;
    this.options = options;
    this.parameters = parameters;
  }

  /**
   * @param parameters the length of the vector
   * @throws IllegalArgumentException if settings do not fit each other or the vector
   */
  public static Optimizer of(RuleSpec spec, int parameters) {
    UpdateRule rule = RuleCatalog.make(spec);
    if (parameters > rule.maxParameters()) {
      throw new IllegalArgumentException(
          "rule "
              + spec.name()
              + " with curvature "
              + rule.curvature().name().toLowerCase(Locale.ROOT)
              + " takes models of at most "
              + rule.maxParameters()
              + " parameters; this one has "
              + parameters);
    }
    return new Optimizer(rule, RuleOptions.of(spec.settings()), parameters);
  }

  /** Floats per parameter in a contribution. */
  public int width() {
    return rule.curvature().width(parameters);
  }

  /** The second derivatives that contributions carry behind the gradient. */
  public Curvature curvature() {
    return rule.curvature();
  }

  public List<Slot> slots() {
    return rule.slots();
  }

  /** Whether no range can be stepped before all sums are there. */
  public boolean waitsForWholeRound() {
    return rule instanceof WholeRule || options.clip().isPresent();
  }

  /** Whether gradients are taken elsewhere than at the weights. */
  public boolean hasOwnEvaluationPoint() {
    return rule.hasOwnEvaluationPoint();
  }

  /**
   * Steps the parameters [from, to).
   *
   * @param sums over the rows of the round, for this range, from index 0: to − from floats of
   *     gradient, then what else {@link #width} has room for: as many diagonal second derivatives,
   *     or the range's rows of the Hessian; overwritten
   * @throws IllegalStateException if the rule {@linkplain #waitsForWholeRound waits for the whole
   *     round}
   */
  public void step(RoundScalars scalars, float[] sums, ParameterState state, int from, int to) {
    if (waitsForWholeRound()) {
      throw new IllegalStateException("this rule steps the whole vector at once; use stepAll");
    }
    takeMeans(scalars, sums, to - from);
    stepRange((RangeRule) rule, scalars, sums, state, from, to);
  }

  /**
   * Steps the whole vector.
   *
   * @param sums for every chunk as in {@link #step}
   */
  public void stepAll(
      RoundScalars scalars, List<float[]> sums, Chunks chunks, ParameterState state) {
    for (int c = 0; c < chunks.count(); c++) {
      takeMeans(scalars, sums.get(c), chunks.size(c));
    }
    options.clip().ifPresent(clip -> clip.apply(sums, chunks));
    if (rule instanceof RangeRule range) {
      for (int c = 0; c < chunks.count(); c++) {
        stepRange(range, scalars, sums.get(c), state, chunks.from(c), chunks.to(c));
      }
    } else if (rule instanceof WholeRule whole) {
      for (int c = 0; c < chunks.count(); c++) {
        options.decay().beforeStep(rule, sums.get(c), state, chunks.from(c), chunks.to(c));
      }
      whole.step(scalars, sums, chunks, state);
      options.decay().afterStep(scalars, state, 0, parameters);
    }
  }

  /**
   * Writes the point at which gradients are taken to {@code into}, from index {@code at} on: the
   * weights, or for Nesterov weights + β · previous step.
   *
   * @param weights {@code state.current()} or {@code state.next()}: whichever the slots of [from,
   *     to) belong to, by parameter
   */
  public void evaluationPoint(
      float[] weights, ParameterState state, int from, int to, float[] into, int at) {
    rule.evaluationPoint(weights, state, from, to, into, at);
  }

  private void stepRange(
      RangeRule range,
      RoundScalars scalars,
      float[] means,
      ParameterState state,
      int from,
      int to) {
    options.decay().beforeStep(range, means, state, from, to);
    range.step(scalars, means, state, from, to);
    options.decay().afterStep(scalars, state, from, to);
  }

  private void takeMeans(RoundScalars scalars, float[] sums, int size) {
    Vectors.scale(sums, size * width(), (float) (1.0 / scalars.rows()));
  }
}
