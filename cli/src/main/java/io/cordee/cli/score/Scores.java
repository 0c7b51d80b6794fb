package io.cordee.cli.score;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How well outputs meet their targets, besides the loss.
 *
 * @param values by the name of the measure, in the order in which they are shown
 */
public record Scores(Map<String, Double> values) {

  /** Of this many best guesses one is to be right, where there are {@link #MANY_CLASSES}. */
  private static final int TOP = 5;

  private static final int MANY_CLASSES = 10;

  public Scores {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * Of classes: precision, recall and F1 as means over those that occur (macro; 0 where a class is
   * never predicted), the area under the ROC curve of two classes, and top-5 accuracy of ten or
   * more.
   *
   * @param targets one-hot, [count, width], row-major; of a single output 0 or 1
   * @param outputs [count, width]
   */
  public static Scores ofClasses(
      ConfusionMatrix matrix, float[] targets, float[] outputs, int count, int width) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("precision", matrix.mean(matrix::precision));
    values.put("recall", matrix.mean(matrix::recall));
    values.put("f1", matrix.mean(matrix::f1));
    if (width <= 2) {
      values.put("auc", auc(targets, outputs, count, width));
    }
    if (width >= MANY_CLASSES) {
      values.put("top_" + TOP, top(targets, outputs, count, width));
    }
    return new Scores(values);
  }

  /**
   * Of values: mean absolute error, root of the mean squared error, and R², the share of the
   * targets' variance that is explained; with several outputs their means.
   *
   * @param targets [count, width], row-major
   * @param outputs [count, width]
   */
  public static Scores ofValues(float[] targets, float[] outputs, int count, int width) {
    double absolute = 0;
    double root = 0;
    double explained = 0;
    for (int k = 0; k < width; k++) {
      double mean = 0;
      for (int row = 0; row < count; row++) {
        mean += targets[row * width + k] / (double) count;
      }
      double squares = 0;
      double variance = 0;
      for (int row = 0; row < count; row++) {
        double target = targets[row * width + k];
        double error = outputs[row * width + k] - target;
        absolute += Math.abs(error);
        squares += error * error;
        variance += (target - mean) * (target - mean);
      }
      root += Math.sqrt(squares / count);
      explained += 1 - squares / variance;
    }
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("mae", absolute / count / width);
    values.put("rmse", root / width);
    values.put("r2", explained / width);
    return new Scores(values);
  }

  /**
   * The chance that a row of class 1 has a larger output than one of class 0, equal ones counting
   * half; NaN if there are none of one class.
   *
   * <p>Source: J. A. Hanley, B. J. McNeil, The meaning and use of the area under a receiver
   * operating characteristic (ROC) curve, Radiology 143, 1982.
   */
  static double auc(float[] targets, float[] outputs, int count, int width) {
    int last = width - 1;
    Integer[] byOutput =
        IntStream.range(0, count)
            .boxed()
            .sorted(Comparator.comparingDouble(row -> outputs[row * width + last]))
            .toArray(Integer[]::new);
    double ranks = 0;
    long ones = 0;
    for (int from = 0; from < count; ) {
      int to = from;
      long equalOnes = 0;
      float output = outputs[byOutput[from] * width + last];
      while (to < count && outputs[byOutput[to] * width + last] == output) {
        equalOnes += ConfusionMatrix.classOf(targets, byOutput[to], width);
        to++;
      }
      if (to == from) { // NaN equals nothing
        return Double.NaN;
      }
      ranks += equalOnes * (from + 1 + to) / 2.0;
      ones += equalOnes;
      from = to;
    }
    return (ranks - ones * (ones + 1) / 2.0) / ((double) ones * (count - ones));
  }

  private static double top(float[] targets, float[] outputs, int count, int width) {
    int right = 0;
    for (int row = 0; row < count; row++) {
      int from = row * width;
      int label = ConfusionMatrix.classOf(targets, row, width);
      float own = outputs[from + label];
      int before = 0; // of equals, the first is the better guess
      for (int k = 0; k < width; k++) {
        before += outputs[from + k] > own || outputs[from + k] == own && k < label ? 1 : 0;
      }
      right += own == own && before < TOP ? 1 : 0;
    }
    return (double) right / count;
  }
}
