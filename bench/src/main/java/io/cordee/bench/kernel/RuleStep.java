package io.cordee.bench.kernel;

import io.cordee.common.checkpoint.SavedState;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.rule.Optimizer;
import io.cordee.common.rule.ParameterState;
import io.cordee.common.rule.RoundScalars;
import io.cordee.common.rule.RuleCatalog;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** One step of an update rule on the whole vector, chunk by chunk, beside the triad. */
public class RuleStep extends Turns {

  @Param("gd")
  public String rule;

  @Param("0")
  public int parameters;

  private Chunks chunks;
  private Optimizer optimizer;
  private List<ParameterState> states; // one per chunk, as the server has them
  private float[][] gradient;
  private int[] steps;
  private Triad triad;

  /** The rule as a job names it, with every setting's default. */
  static Optimizer optimizer(String rule, int parameters) {
    return Optimizer.of(RuleCatalog.find(rule).orElseThrow().with(Map.of()), parameters);
  }

  @Setup(Level.Trial)
  public void fill() {
    chunks = Chunks.of(parameters, 1);
    optimizer = optimizer(rule, parameters);
    SplittableRandom random = new SplittableRandom(1);
    float[] weights = new float[parameters];
    fill(weights, random);
    states = SavedState.start(weights, chunks, optimizer.slots()).chunks();
    gradient = new float[chunks.count()][];
    for (int c = 0; c < gradient.length; c++) {
      gradient[c] = new float[chunks.length()];
      fill(gradient[c], random);
    }
    steps = new int[chunks.count()];
    triad = new Triad(parameters);
  }

  private static void fill(float[] values, SplittableRandom random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
  }

  @Override
  protected void limit(int part, int parts) {
    for (int c = start(part, parts, chunks.count());
        c < start(part + 1, parts, chunks.count());
        c++) {
      triad.run(chunks.from(c), chunks.to(c));
    }
  }

  @Override
  protected void kernel(int part, int parts) {
    int first = start(part, parts, chunks.count());
    int last = start(part + 1, parts, chunks.count());
    for (int c = first; c < last; c++) {
      // One row a round, so that the mean is the sum and gradients stay as they are.
      RoundScalars scalars = new RoundScalars(1 + steps[c], 1, 1, 2);
      // Another chunk's gradient each time, so that signs flip as they do in training.
      int from = first + (c - first + steps[c]) % (last - first);
      optimizer.step(scalars, gradient[from], states.get(c), 0, chunks.size(c));
      steps[c]++;
    }
  }
}
