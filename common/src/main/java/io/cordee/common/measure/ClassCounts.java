package io.cordee.common.measure;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How often rows of each class were taken for it, and for others.
 *
 * @param right by class: rows of it that were taken for it; not copied and not to be written, like
 *     the others
 * @param labelled rows of it
 * @param predicted rows that were taken for it
 * @param top rows whose class is among the five largest outputs
 * @param ranking of two classes
 */
public record ClassCounts(
    long[] right, long[] labelled, long[] predicted, long top, Optional<Ranking> ranking)
    implements Measures {

  /** The class that a row of outputs, or of targets, stands for: that of the first largest. */
  public static int classOf(float[] outputs, int row, int width) {
    int from = row * width;
    if (width == 1) {
      return outputs[from] >= 0.5f ? 1 : 0;
    }
    int largest = from;
    for (int i = from + 1; i < from + width; i++) {
      if (outputs[i] > outputs[largest]) {
        largest = i;
      }
    }
    return largest - from;
  }

  /** Outputs by which rows of two classes are taken for class 1 from the threshold on, if any. */
  public static float[] decided(float[] outputs, int width, OptionalDouble threshold) {
    if (threshold.isEmpty()) {
      return outputs;
    }
    float[] decided = new float[outputs.length];
    for (int row = 0; row < outputs.length / width; row++) {
      boolean isOne = outputs[row * width + width - 1] >= threshold.getAsDouble();
      decided[row * width + (isOne ? width - 1 : 0)] = isOne || width == 2 ? 1 : 0;
    }
    return decided;
  }

  public long correct() {
    return Arrays.stream(right).sum();
  }

  /** Of the rows that were taken for a class, the share that is; 0 if there are none. */
  public double precision(int k) {
    return share(right[k], predicted[k]);
  }

  /** Of the rows of a class, the share that was taken for it; 0 if there are none. */
  public double recall(int k) {
    return share(right[k], labelled[k]);
  }

  public double f1(int k) {
    return share(2 * right[k], predicted[k] + labelled[k]);
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  @Override
  public double of(Metric metric) {
    return switch (metric) {
      case PRECISION -> mean(this::precision);
      case RECALL -> mean(this::recall);
      case F1 -> mean(this::f1);
      case AUC -> ranking.map(Ranking::auc).orElse(Double.NaN);
      case TOP_5 -> (double) top / Arrays.stream(labelled).sum();
      default -> Double.NaN;
    };
  }

  /** Over the classes that occur, as labels or as predictions. */
  private double mean(IntToDoubleFunction ofClass) {
    return IntStream.range(0, right.length)
        .filter(k -> labelled[k] + predicted[k] > 0)
        .mapToDouble(ofClass)
        .average()
        .orElse(0);
  }

  @Override
  public ClassCounts plus(Measures other) {
    if (!(other instanceof ClassCounts more) || more.right.length != right.length) {
      throw new IllegalArgumentException("only counts of equally many classes can be added");
    }
    return new ClassCounts(
        sum(right, more.right),
        sum(labelled, more.labelled),
        sum(predicted, more.predicted),
        top + more.top,
        ranking.flatMap(ours -> more.ranking.map(ours::plus)));
  }

  private static long[] sum(long[] left, long[] right) {
    long[] sum = left.clone();
    for (int k = 0; k < sum.length; k++) {
      sum[k] += right[k];
    }
    return sum;
  }

  @Override
  public void check(long rows, boolean areLabelled, int outputs) {
    int classes = Math.max(2, outputs);
    boolean isSound =
        areLabelled
            && right.length == classes
            && isOf(rows, labelled)
            && isOf(rows, predicted)
            && top >= 0
            && top <= rows
            && ranking.isPresent() == Metric.hasRanking(outputs)
            && IntStream.range(0, classes)
                .allMatch(k -> right[k] >= 0 && right[k] <= Math.min(labelled[k], predicted[k]));
    if (!isSound) {
      throw new IllegalArgumentException(
          "expected counts of %d rows of %d classes; found those of %d classes, %d rows labelled and %d predicted"
              .formatted(
                  rows,
                  classes,
                  right.length,
                  Arrays.stream(labelled).sum(),
                  Arrays.stream(predicted).sum()));
    }
    ranking.ifPresent(it -> it.check(labelled[0], labelled[1]));
  }

  private boolean isOf(long rows, long[] counts) {
    return counts.length == right.length
        && Arrays.stream(counts).allMatch(count -> count >= 0 && count <= rows)
        && Arrays.stream(counts).sum() == rows;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClassCounts that
        && Arrays.equals(right, that.right)
        && Arrays.equals(labelled, that.labelled)
        && Arrays.equals(predicted, that.predicted)
        && top == that.top
        && ranking.equals(that.ranking);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(right);
  }

  @Override
  public String toString() {
    return "right %s, labelled %s, predicted %s, top %s, ranking %s"
        .formatted(
            Arrays.toString(right),
            Arrays.toString(labelled),
            Arrays.toString(predicted),
            top,
            ranking);
  }
}
