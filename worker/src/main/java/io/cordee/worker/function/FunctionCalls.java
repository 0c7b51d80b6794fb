package io.cordee.worker.function;

import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Vectors;
import io.cordee.common.measure.ClassCounts;
import io.cordee.common.measure.Measures;
import io.cordee.common.measure.Metric;
import io.cordee.function.GradientFunction;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import java.util.Arrays;

/** Calls a gradient function, and checks what it returns and counts. */
public final class FunctionCalls {

  /** Rows whose targets are read at a time. */
  private static final int PART = 256;

  private FunctionCalls() {}

  /**
   * Measures rows, without metrics if the function fills in no outputs.
   *
   * @param outputs of the model; 0 if it has a loss alone
   */
  public static Tally measure(
      GradientFunction function, float[] parameters, Rows rows, int outputs) {
    float[] found = new float[Math.multiplyExact(rows.count(), outputs)];
    Arrays.fill(found, Float.NaN);
    Tally tally = tally(function.measure(parameters, rows, found), rows);
    boolean hasOutputs = outputs > 0 && Vectors.allFinite(found);
    if (!hasOutputs || Metric.of(rows.labelled(), outputs).isEmpty()) {
      return tally;
    }
    Measuring measuring = Measuring.of(rows, outputs);
    float[] targets = new float[Math.min(PART, rows.count()) * outputs];
    float[] part = new float[targets.length];
    for (int from = 0; from < rows.count(); from += PART) {
      int count = Math.min(PART, rows.count() - from);
      rows.copyTargets(from, count, targets);
      System.arraycopy(found, from * outputs, part, 0, count * outputs);
      measuring.add(part, targets, count);
    }
    Measures measures = measuring.result();
    Tally counted =
        measures instanceof ClassCounts classes && !tally.hasAccuracy()
            ? new Tally(tally.rows(), tally.lossSum(), classes.correct(), tally.within())
            : tally;
    return counted.with(measures);
  }

  /**
   * @param where for messages
   * @param rows may be empty in a small batch; then the function is not called
   * @param sums overwritten
   * @throws FunctionException if the function throws, or counts other rows
   */
  public static Tally gradient(
      GradientFunction function, String where, float[] parameters, Rows rows, Sums sums) {
    sums.clear();
    return rows.count() == 0
        ? Tally.NONE
        : FunctionException.wrapping(
            where, () -> tally(function.accumulate(parameters, rows, sums), rows));
  }

  /**
   * @throws FunctionException if other rows were counted
   */
  private static Tally tally(Stats stats, Rows rows) {
    if (stats == null) {
      throw new FunctionException("the gradient function returned null in place of its counts");
    }
    if (stats.rows() != rows.count()) {
      throw new FunctionException(
          "the gradient function has counted %d rows of %d", stats.rows(), rows.count());
    }
    Tally tally = Tally.of(stats);
    try {
      tally.check(rows.count());
    } catch (IllegalArgumentException e) {
      throw new FunctionException("the gradient function miscounts: %s", e.getMessage());
    }
    return tally;
  }
}
