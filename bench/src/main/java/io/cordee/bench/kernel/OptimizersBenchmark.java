package io.cordee.bench.kernel;

import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Report;
import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.optimizer.RoundScalars;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.runner.RunnerException;

/** One step of an optimizer on the whole vector, chunk by chunk, beside the triad. */
public class OptimizersBenchmark extends BesideTriad {

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

  /** Optimizers that go back to the previous weights, which they read where they write the next. */
  private static final List<String> BACKTRACKING = List.of("rprop", "rprop+", "irprop+");

  @Param("gd")
  public String optimizerName;

  private Optimizer optimizer;
  private List<ParameterState> states; // one per chunk, as the server has them
  private float[][] gradient;
  private int[] steps;

  public static void run(Report report) throws RunnerException {
    report.note(
        "counted per parameter: gradient and weights read, weights written, each slot read and"
            + " written, for backtracking optimizers the previous weights read");
    int parameters = report.choose(10_000_000, 200_000);
    for (String optimizerName : STRAIGHT) {
      measure(optimizerName, parameters, Bar.atLeast(0.9), report);
    }
    for (String optimizerName : BY_SIGNS) {
      measure(optimizerName, parameters, Bar.atLeast(0.85), report);
    }
  }

  private static void measure(String optimizerName, int parameters, Bar bar, Report report)
      throws RunnerException {
    int slots = optimizer(optimizerName, parameters).slots().size();
    int floats = 3 + 2 * slots + (BACKTRACKING.contains(optimizerName) ? 1 : 0);
    // The start, two versions, gradient, slots.
    int arrays = 4 + slots;
    BesideTriad.measure(
        optimizerName,
        OptimizersBenchmark.class,
        Map.of("optimizerName", optimizerName),
        parameters,
        floats,
        arrays,
        bar,
        report);
  }

  private static Optimizer optimizer(String optimizerName, int parameters) {
    return Optimizer.of(
        OptimizerCatalog.find(optimizerName).orElseThrow().with(Map.of()), parameters);
  }

  @Override
  protected void fillKernel() {
    optimizer = optimizer(optimizerName, parameters);
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
