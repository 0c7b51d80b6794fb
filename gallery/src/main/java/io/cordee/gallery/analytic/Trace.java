package io.cordee.gallery.analytic;

import io.cordee.common.kernel.Vectors;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.OptimizerSpec;
import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.optimizer.RoundScalars;
import io.cordee.common.optimizer.Slot;
import io.cordee.common.reduce.Chunks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * An optimizer's way down an analytic function, by the code that trains networks: weights in
 * float32, one row per round, its gradient rounded to float32.
 */
public final class Trace {

  /**
   * Where the optimizer stands after a round, and what it knows there; round 0 is the start.
   *
   * @param lookaheadPoint where it takes the next gradient
   * @param slots by their names; copies
   */
  public record Point(
      int round, float[] x, double f, float[] lookaheadPoint, Map<String, float[]> slots) {

    public Point {
      slots = Map.copyOf(slots);
    }
  }

  private final AnalyticFunction function;
  private final Optimizer optimizer;
  private final Chunks chunks; // one
  private final ParameterState state;

  private Trace(AnalyticFunction function, float[] start, OptimizerSpec spec) {
    this.function = function;
    optimizer = Optimizer.of(spec, start.length);
    chunks = new Chunks(start.length, start.length, optimizer.width());
    state = new ParameterState(start, optimizer.slots());
  }

  public static List<Point> run(
      AnalyticFunction function, float[] start, OptimizerSpec spec, int rounds) {
    List<Point> points = new ArrayList<>();
    run(function, start, spec, rounds, points::add);
    return points;
  }

  /**
   * As above, handing over each point as it is reached.
   *
   * @throws IllegalArgumentException if the start does not fit the function, or the optimizer's
   *     settings do not fit; before the first point
   * @throws ArithmeticException if the gradient is no longer finite
   */
  public static void run(
      AnalyticFunction function,
      float[] start,
      OptimizerSpec spec,
      int rounds,
      Consumer<Point> points) {
    checkStart(function, start);
    Trace trace = new Trace(function, start, spec);
    Point point = trace.point(0);
    points.accept(point);
    double previousLoss = Double.NaN;
    for (int round = 1; round <= rounds; round++) {
      previousLoss = trace.step(round, point.lookaheadPoint(), previousLoss);
      point = trace.point(round);
      points.accept(point);
    }
  }

  /** Returns the loss where the gradient was taken. */
  private double step(int round, float[] lookaheadPoint, double previousLoss) {
    double[] x = doubles(lookaheadPoint);
    double loss = function.value(x);
    float[] sums = contribution(round, x);
    RoundScalars scalars = new RoundScalars(round, 1, loss, previousLoss);
    if (optimizer.waitsForWholeRound()) {
      optimizer.stepAll(scalars, List.of(sums), chunks, state);
    } else {
      optimizer.step(scalars, sums, state, 0, x.length);
    }
    state.advance();
    return loss;
  }

  private float[] lookaheadPoint() {
    float[] at = new float[chunks.parameters()];
    optimizer.lookaheadPoint(state.current(), state, 0, at.length, at, 0);
    return at;
  }

  /** The gradient, and behind it the curvature that the optimizer asks for. */
  private float[] contribution(int round, double[] x) {
    float[] sums = new float[chunks.contributionSize(0)];
    int at = copy(function.gradient(x), sums, 0);
    switch (optimizer.curvature()) {
      case NONE -> {}
      case DIAGONAL -> copy(function.curvature(x), sums, at);
      case FULL -> {
        for (double[] row : function.hessian(x)) {
          at = copy(row, sums, at);
        }
      }
    }
    if (!Vectors.allFinite(sums)) {
      throw new ArithmeticException(
          "round %s: the derivatives of %s at %s are not finite; try shorter steps"
              .formatted(round, function.name(), Arrays.toString(x)));
    }
    return sums;
  }

  private Point point(int round) {
    float[] x = state.current().clone();
    Map<String, float[]> slots = new HashMap<>();
    List<Slot> named = optimizer.slots();
    for (int i = 0; i < named.size(); i++) {
      slots.put(named.get(i).name(), state.slots()[i].clone());
    }
    return new Point(round, x, function.value(doubles(x)), lookaheadPoint(), slots);
  }

  private static void checkStart(AnalyticFunction function, float[] start) {
    if (start.length < function.minDimension() || start.length > function.maxDimension()) {
      String expected =
          function.minDimension() == function.maxDimension()
              ? "exactly " + function.minDimension()
              : "at least " + function.minDimension();
      throw new IllegalArgumentException(
          "%s takes a start of %s coordinates; found %s: %s"
              .formatted(function.name(), expected, start.length, Arrays.toString(start)));
    }
    if (!Vectors.allFinite(start)) {
      throw new IllegalArgumentException(
          "the start must be finite; found " + Arrays.toString(start));
    }
  }

  /** Returns the index behind what was written. */
  private static int copy(double[] from, float[] into, int at) {
    for (int i = 0; i < from.length; i++) {
      into[at + i] = (float) from[i];
    }
    return at + from.length;
  }

  private static double[] doubles(float[] x) {
    return IntStream.range(0, x.length).mapToDouble(i -> x[i]).toArray();
  }
}
