package io.cordee.worker.compute;

import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.job.Tally;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.rule.Optimizer;
import io.cordee.common.rule.ParameterState;
import io.cordee.common.rule.RoundScalars;
import io.cordee.common.rule.RuleCatalog;
import io.cordee.common.rule.RuleSpec;
import io.cordee.function.GradientFunction;
import io.cordee.function.Sums;
import io.cordee.worker.function.FunctionProviders;
import io.cordee.worker.function.JobFunctions;
import io.cordee.worker.function.Measured;
import io.cordee.worker.model.Network;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.IntFunction;

/**
 * Trains with a learning rate that grows from round to round, to see where the loss falls, and
 * where it starts to grow.
 *
 * <p>Source: L. N. Smith, Cyclical Learning Rates for Training Neural Networks, 2017, section 3.3;
 * rates grow by a constant factor, as in the library fastai.
 */
public final class RateSweep {

  public static final String KEY = "learning_rate";

  /** The sweep ends at this multiple of the lowest loss. */
  private static final double FAR = 4;

  /** Decay of the running mean of losses. */
  private static final double KEPT = 0.8;

  /**
   * @param rate that it was stepped with
   * @param loss before the step, of its rows
   * @param smooth a running mean of the losses
   */
  public record Point(double rate, double loss, double smooth) {}

  private final Job job;
  private final HeldRows rows;
  private final int parameters;

  /**
   * @param job whose rule has a learning rate, and takes gradients alone; without local steps
   */
  public RateSweep(Job job, HeldRows rows) {
    this.job = job;
    this.rows = rows;
    this.parameters = JobVector.of(job).layout().parameters();
  }

  /** Fewer rounds if the loss grows much before. */
  public List<Point> run(double low, double high, int rounds) {
    BitSet partitions = new BitSet();
    partitions.set(0, job.partitions());
    rows.hold(partitions);
    JobFunctions functions =
        JobFunctions.of(job, FunctionProviders.installed(), rows.folder(), Network.MICRO_BATCH, 1);
    try (GradientFunction function = functions.make().get()) {
      return run(function, partitions, low, high, rounds);
    }
  }

  private List<Point> run(
      GradientFunction function, BitSet partitions, double low, double high, int rounds) {
    ParameterState state =
        new ParameterState(InitialWeights.of(job.model()), optimizer(low).slots());
    List<Point> points = new ArrayList<>();
    double lowest = Double.POSITIVE_INFINITY;
    double mean = 0;
    double before = Double.NaN;
    for (int round = 1; round <= rounds; round++) {
      double rate = low * Math.pow(high / low, (round - 1) / Math.max(1.0, rounds - 1));
      Optimizer optimizer = optimizer(rate);
      float[] at = new float[parameters];
      optimizer.evaluationPoint(state.current(), state, 0, parameters, at, 0);
      Sums sums = new Sums(parameters, 1);
      Tally tally = gradient(function, at, partitions, round - 1, sums);
      double loss = tally.meanLoss();
      mean = KEPT * mean + (1 - KEPT) * loss;
      double smooth = mean / (1 - Math.pow(KEPT, round));
      if (!Double.isFinite(loss) || smooth > FAR * lowest) {
        break;
      }
      points.add(new Point(rate, loss, smooth));
      lowest = Math.min(lowest, smooth);
      optimizer.stepAll(
          new RoundScalars(round, tally.rows(), loss, before),
          List.of(sums.gradient()),
          new Chunks(parameters, parameters, 1),
          state);
      state.advance();
      before = loss;
    }
    return points;
  }

  private Tally gradient(
      GradientFunction function, float[] at, BitSet partitions, int version, Sums into) {
    IntFunction<RoundRows> batches = rows.batches(partitions, version);
    Sums one = new Sums(parameters, 1);
    Tally all = Tally.NONE;
    for (int partition = 0; partition < job.partitions(); partition++) {
      String where = "round %d, partition %d".formatted(version + 1, partition);
      all = all.plus(Measured.gradient(function, where, at, batches.apply(partition).step(0), one));
      into.add(one);
    }
    return all;
  }

  private Optimizer optimizer(double rate) {
    Map<String, Object> values = new LinkedHashMap<>(job.rule().settings().values());
    values.put(KEY, rate);
    values.put("schedule", "constant");
    values.put("warmup_rounds", 0.0);
    RuleSpec rule = RuleCatalog.find(job.rule().name()).orElseThrow().with(values);
    return Optimizer.of(rule, job.model().layout(), job.model().seed());
  }

  /**
   * Where the smoothed loss falls most per factor of the rate, before its minimum.
   *
   * @return empty if it falls nowhere
   */
  public static OptionalDouble suggestion(List<Point> points) {
    int lowest = 0;
    for (int i = 1; i < points.size(); i++) {
      lowest = points.get(i).smooth() < points.get(lowest).smooth() ? i : lowest;
    }
    int steepest = -1;
    double fall = 0;
    for (int i = 1; i <= lowest; i++) {
      double falls = points.get(i - 1).smooth() - points.get(i).smooth();
      if (falls > fall) {
        fall = falls;
        steepest = i;
      }
    }
    return steepest < 0 ? OptionalDouble.empty() : OptionalDouble.of(points.get(steepest).rate());
  }
}
