package io.cordee.bench.kernel;

import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Report;
import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.rule.Optimizer;
import io.cordee.common.rule.ParameterState;
import io.cordee.common.rule.RoundScalars;
import io.cordee.common.rule.RuleCatalog;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.runner.RunnerException;

/** One step of an update rule on the whole vector, chunk by chunk, beside the triad. */
public class RulesBenchmark extends BesideTriad {

  private static final List<String> STRAIGHT =
      List.of("gd", "momentum", "nesterov", "rmsprop", "adam");
  private static final List<String> BY_SIGNS =
      List.of(
          "rprop",
          "rprop+",
          "rprop-",
          "irprop+",
          "irprop-",
          "quickprop",
          "signsgd",
          "signum",
          "lion");

  /** Rules that go back to the previous weights, which they read where they write the next. */
  private static final List<String> BACKTRACKING = List.of("rprop", "rprop+", "irprop+");

  @Param("gd")
  public String rule;

  private Optimizer optimizer;
  private List<ParameterState> states; // one per chunk, as the server has them
  private float[][] gradient;
  private int[] steps;

  public static void run(Report report) throws RunnerException {
    report.note(
        "counted per parameter: gradient and weights read, weights written, each slot read and"
            + " written, for backtracking rules the previous weights read");
    int parameters = report.choose(10_000_000, 200_000);
    for (String rule : STRAIGHT) {
      measure(rule, parameters, Bar.atLeast(0.9), report);
    }
    for (String rule : BY_SIGNS) {
      measure(rule, parameters, Bar.atLeast(0.85), report);
    }
  }

  private static void measure(String rule, int parameters, Bar bar, Report report)
      throws RunnerException {
    int slots = optimizer(rule, parameters).slots().size();
    int floats = 3 + 2 * slots + (BACKTRACKING.contains(rule) ? 1 : 0);
    // The start, two versions, gradient, slots.
    int arrays = 4 + slots;
    BesideTriad.measure(
        rule, RulesBenchmark.class, Map.of("rule", rule), parameters, floats, arrays, bar, report);
  }

  private static Optimizer optimizer(String rule, int parameters) {
    return Optimizer.of(RuleCatalog.find(rule).orElseThrow().with(Map.of()), parameters);
  }

  @Override
  protected void fillKernel() {
    optimizer = optimizer(rule, parameters);
    SplittableRandom random = new SplittableRandom(1);
    states = SavedState.start(drawn(parameters, random), chunks, optimizer.slots()).chunks();
    gradient = new float[chunks.count()][];
    for (int c = 0; c < gradient.length; c++) {
      gradient[c] = drawn(chunks.length(), random);
    }
    steps = new int[chunks.count()];
  }

  private static float[] drawn(int count, SplittableRandom random) {
    float[] values = new float[count];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  @Override
  protected void kernel(int thread, int first, int end) {
    for (int c = first; c < end; c++) {
      // One row a round, so that the mean is the sum and gradients stay as they are.
      RoundScalars scalars = new RoundScalars(1 + steps[c], 1, 1, 2);
      // Another chunk's gradient each time, so that signs flip as they do in training.
      int from = first + (c - first + steps[c]) % (end - first);
      optimizer.step(scalars, gradient[from], states.get(c), 0, chunks.size(c));
      steps[c]++;
    }
  }
}
