package io.cordee.worker.compute;

import io.cordee.common.job.LocalSteps;
import io.cordee.common.job.Tally;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.optimizer.RoundScalars;
import io.cordee.common.reduce.Chunks;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import io.cordee.worker.function.FunctionCalls;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Local steps, for one thread: what a partition contributes is, for each of its rows, where it
 * began minus where it arrived. A function of its arguments alone.
 *
 * <p>Memory: the mini-batch's gradient, the weights at two versions and the inner optimizer's
 * slots, and one vector more if the optimizer takes gradients elsewhere than at the weights; each
 * as long as the parameter vector.
 */
final class LocalDescent {

  private final LocalSteps local;
  private final Layout layout;
  private final Optimizer optimizer;
  private final Chunks oneChunk;
  private final ParameterState state;
  private final float[] ahead;
  private final Sums sums;

  LocalDescent(LocalSteps local, Layout layout, long seed) {
    int parameters = layout.parameters();
    this.local = local;
    this.layout = layout;
    this.optimizer = Optimizer.of(local.optimizer(), layout, seed);
    this.oneChunk = new Chunks(parameters, parameters, 1);
    this.state = ParameterState.taking(new float[parameters], optimizer.slots());
    this.ahead = new float[optimizer.hasLookahead() ? parameters : 0];
    this.sums = new Sums(parameters, 1);
  }

  /**
   * Takes a partition's steps of a round.
   *
   * @param version that the round begins with
   * @param start the lookahead point
   * @param isAbandoned whether the result is no longer wanted; asked before every step
   * @param into overwritten
   * @return the partition's rows, with the mean over all steps of their losses and counts
   * @throws DivergenceException if a step's loss or gradient is not finite
   */
  Tally run(
      GradientFunction function,
      int version,
      int partition,
      float[] start,
      RoundRows rows,
      BooleanSupplier isAbandoned,
      Sums into) {
    state.restart(start, optimizer.slots());
    Tally seen = Tally.NONE;
    double lossBefore = Double.NaN;
    for (int step = 0; step < local.steps() && !isAbandoned.getAsBoolean(); step++) {
      String here = "partition " + partition + ", local step " + (step + 1);
      String where = "round " + (version + 1) + ", " + here;
      Tally tally =
          FunctionCalls.gradient(function, where, lookaheadPoint(), rows.step(step), sums);
      DivergenceException.unlessFinite(version, here, layout, new DenseSum(tally, sums));
      long before = (long) version * local.steps() + step;
      take(
          RoundScalars.ofLocalStep(
              before + 1, step + 1, tally.rows(), tally.meanLoss(), lossBefore));
      seen = seen.plus(tally);
      lossBefore = tally.meanLoss();
    }
    pseudoGradient(start, rows.count(), into.gradient());
    return mean(seen, rows.count());
  }

  private float[] lookaheadPoint() {
    if (!optimizer.hasLookahead()) {
      return state.current();
    }
    optimizer.lookaheadPoint(state.current(), state, 0, ahead.length, ahead, 0);
    return ahead;
  }

  private void take(RoundScalars scalars) {
    if (optimizer.waitsForWholeRound()) {
      optimizer.stepAll(scalars, List.of(sums.gradient()), oneChunk, state);
    } else {
      optimizer.step(scalars, sums.gradient(), state, 0, state.size());
    }
    state.advance();
  }

  private void pseudoGradient(float[] start, int rows, float[] into) {
    float[] arrived = state.current();
    for (int i = 0; i < into.length; i++) {
      into[i] = (start[i] - arrived[i]) * rows;
    }
  }

  private static Tally mean(Tally seen, int rows) {
    double share = (double) rows / seen.rows();
    long correct =
        seen.hasAccuracy() ? Math.min(rows, Math.round(seen.correct() * share)) : Stats.NOT_COUNTED;
    return new Tally(rows, seen.lossSum() * share, correct, Stats.NOT_COUNTED);
  }
}
