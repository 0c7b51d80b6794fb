package io.cordee.worker.function;

import io.cordee.common.measure.ClassCounts;
import io.cordee.common.measure.Measures;
import io.cordee.common.measure.Metric;
import io.cordee.common.measure.Ranking;
import io.cordee.common.measure.ValueSums;
import io.cordee.function.Rows;
import java.util.Optional;

/** Accumulates counts for metrics, a few rows at a time. */
sealed interface Measuring {

  static Measuring of(Rows rows, int outputs) {
    return rows.labelled() ? new OfClasses(rows.count(), outputs) : new OfValues(rows, outputs);
  }

  /**
   * @param outputs [count, outputs], row-major
   * @param targets [count, outputs], row-major
   */
  void add(float[] outputs, float[] targets, int count);

  Measures result();

  final class OfClasses implements Measuring {

    private final int width;
    private final long[] right;
    private final long[] labelled;
    private final long[] predicted;
    private final float[] ranked;
    private final boolean[] isOne;
    private long top;
    private int rows;

    private OfClasses(int count, int width) {
      this.width = width;
      int classes = Math.max(2, width);
      right = new long[classes];
      labelled = new long[classes];
      predicted = new long[classes];
      int ofTwo = Metric.hasRanking(width) ? count : 0;
      ranked = new float[ofTwo];
      isOne = new boolean[ofTwo];
    }

    @Override
    public void add(float[] outputs, float[] targets, int count) {
      for (int row = 0; row < count; row++, rows++) {
        int label = ClassCounts.classOf(targets, row, width);
        int taken = ClassCounts.classOf(outputs, row, width);
        labelled[label]++;
        predicted[taken]++;
        right[label] += label == taken ? 1 : 0;
        if (Metric.hasRanking(width)) {
          ranked[rows] = outputs[row * width + width - 1];
          isOne[rows] = label == 1;
        }
        if (Metric.hasTop(width)) {
          top += isAmongBest(outputs, row * width, label) ? 1 : 0;
        }
      }
    }

    /** Of equals, the first ranks higher. */
    private boolean isAmongBest(float[] outputs, int from, int label) {
      float own = outputs[from + label];
      int before = 0;
      for (int k = 0; k < width; k++) {
        before += outputs[from + k] > own || outputs[from + k] == own && k < label ? 1 : 0;
      }
      return !Float.isNaN(own) && before < Metric.TOP;
    }

    @Override
    public ClassCounts result() {
      Optional<Ranking> ranking =
          Metric.hasRanking(width) ? Optional.of(Ranking.of(ranked, isOne)) : Optional.empty();
      return new ClassCounts(right, labelled, predicted, top, ranking);
    }
  }

  final class OfValues implements Measuring {

    private final Rows rows;
    private final double[] errors;
    private final double[] squares;
    private final double[] means;
    private final double[] deviations;
    private long counted;

    private OfValues(Rows rows, int width) {
      this.rows = rows;
      errors = new double[width];
      squares = new double[width];
      means = new double[width];
      deviations = new double[width];
    }

    @Override
    public void add(float[] outputs, float[] targets, int count) {
      int width = errors.length;
      for (int k = 0; k < width; k++) {
        double unit = rows.targetUnit(k);
        for (int row = 0; row < count; row++) {
          double target = targets[row * width + k] * unit;
          double error = outputs[row * width + k] * unit - target;
          errors[k] += Math.abs(error);
          squares[k] += error * error;
          double apart = target - means[k];
          means[k] += apart / (counted + row + 1);
          deviations[k] += apart * (target - means[k]);
        }
      }
      counted += count;
    }

    @Override
    public ValueSums result() {
      return new ValueSums(rows.count(), errors, squares, means, deviations);
    }
  }
}
