package io.cordee.bench.kernel;

import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Report;
import io.cordee.common.kernel.Vectors;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.runner.RunnerException;

/** The sum of several contributions along the tree, beside the triad. */
public class ReduceBenchmark extends BesideTriad {

  /** As the server adds chunks. */
  private static final TreeReduction.QuadAdder<float[]> ADDER =
      new TreeReduction.QuadAdder<>() {
        @Override
        public float[] add(float[] left, float[] right) {
          Vectors.add(left, right, left.length);
          return left;
        }

        @Override
        public float[] add(float[] a, float[] b, float[] c, float[] d) {
          Vectors.addFour(a, b, c, d, a.length);
          return a;
        }
      };

  @Param("2")
  public int contributions;

  private ReductionTree tree;
  private float[][][] values; // [chunk, contribution, parameter]

  public static void run(Report report) throws RunnerException {
    report.note("counted per parameter: each contribution read once, the sum written once");
    for (int contributions : List.of(4, 32)) {
      BesideTriad.measure(
          contributions + " contributions",
          ReduceBenchmark.class,
          Map.of("contributions", Integer.toString(contributions)),
          report.choose(10_000_000, 200_000),
          contributions + 1,
          contributions,
          Bar.atLeast(0.9),
          report);
    }
  }

  @Override
  protected void fillKernel() {
    tree = new ReductionTree(contributions);
    values = new float[chunks.count()][contributions][];
    for (int c = 0; c < values.length; c++) {
      for (int i = 0; i < contributions; i++) {
        values[c][i] = new float[chunks.size(c)];
        // Sums stay in the left one of a pair: these grow by 1 a pass, and nothing overflows.
        Arrays.fill(values[c][i], i == contributions - 1 ? 1 : 0);
      }
    }
  }

  @Override
  protected void kernel(int thread, int first, int end) {
    for (int c = first; c < end; c++) {
      add(values[c]);
    }
  }

  private void add(float[][] chunk) {
    TreeReduction<float[]> reduction = new TreeReduction<>(tree, ADDER, value -> {});
    for (int i = 0; i < chunk.length; i++) {
      reduction.offer(tree.leaf(i), chunk[i]);
    }
    if (!reduction.isComplete()) {
      throw new IllegalStateException("the tree is not complete");
    }
  }
}
