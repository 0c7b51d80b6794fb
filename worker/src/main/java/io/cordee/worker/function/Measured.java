package io.cordee.worker.function;

import io.cordee.common.job.Tally;
import io.cordee.common.measure.Metric;
import io.cordee.function.GradientFunction;
import io.cordee.function.Rows;
import io.cordee.function.Stats;

/** Rows that are measured, with what metrics are computed from. */
public final class Measured {

  /** Rows whose targets are read at a time. */
  private static final int PART = 256;

  private Measured() {}

  /**
   * Counts over rows, without derivatives.
   *
   * @param outputs of the model; 0 if it has a loss alone
   */
  public static Tally of(GradientFunction function, float[] parameters, Rows rows, int outputs) {
    float[] found = new float[Math.multiplyExact(rows.count(), outputs)];
    Tally tally = tally(function.measure(parameters, rows, found), rows);
    if (outputs == 0 || Metric.of(rows.labelled(), outputs).isEmpty()) {
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
    return tally.with(measuring.result());
  }

  /**
   * What was counted over rows.
   *
   * @throws FunctionException if it was over others
   */
  public static Tally tally(Stats stats, Rows rows) {
    if (stats.rows() != rows.count()) {
      throw new FunctionException(
          "the gradient function has counted %d rows of %d", stats.rows(), rows.count());
    }
    return Tally.of(stats);
  }
}
