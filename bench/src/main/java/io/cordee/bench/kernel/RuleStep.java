package io.cordee.bench.kernel;

import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.rule.Optimizer;
import io.cordee.common.rule.ParameterState;
import io.cordee.common.rule.RoundScalars;
import io.cordee.common.rule.RuleCatalog;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Param;

/** One step of an update rule on the whole vector, chunk by chunk, beside the triad. */
public class RuleStep extends BesideTriad {

  @Param("gd")
  public String rule;

  private Optimizer optimizer;
  private List<ParameterState> states; // one per chunk, as the server has them
  private float[][] gradient;
  private int[] steps;

  /** The rule as a job names it, with every setting's default. */
  static Optimizer optimizer(String rule, int parameters) {
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
