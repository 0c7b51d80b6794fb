package io.cordee.cli.score;

import io.cordee.common.job.Tally;
import io.cordee.common.measure.ClassCounts;
import io.cordee.common.text.OutsideText;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Counts of rows by actual and predicted class. */
public final class ConfusionMatrix {

  private static final int LONGEST_NAME = 20;

  private final long[][] counts;
  private final List<String> names;

  private ConfusionMatrix(int classes, List<String> names) {
    counts = new long[classes][classes];
    this.names = names;
  }

  /**
   * @param targets one-hot, [count, width], row-major; of a single output 0 or 1
   * @param outputs [count, width]; a single output of at least ½ stands for class 1
   * @param names of the classes; none if they have only their index
   */
  public static ConfusionMatrix of(
      float[] targets, float[] outputs, int count, int width, List<String> names) {
    ConfusionMatrix matrix = new ConfusionMatrix(Math.max(2, width), names);
    for (int row = 0; row < count; row++) {
      int label = ClassCounts.classOf(targets, row, width);
      matrix.counts[label][ClassCounts.classOf(outputs, row, width)]++;
    }
    return matrix;
  }

  /** By label, then by prediction; not to be changed. */
  public long[][] counts() {
    return counts;
  }

  /** Rows of each class. */
  long[] labelled() {
    return Arrays.stream(counts).mapToLong(row -> Arrays.stream(row).sum()).toArray();
  }

  /** A tally of the same rows, with its counts by these predictions. */
  Tally counted(Tally tally) {
    ClassCounts given = (ClassCounts) tally.measures().orElseThrow();
    long[] right = new long[counts.length];
    long[] predicted = new long[counts.length];
    for (int label = 0; label < counts.length; label++) {
      right[label] = counts[label][label];
      for (int k = 0; k < counts.length; k++) {
        predicted[k] += counts[label][k];
      }
    }
    ClassCounts own =
        new ClassCounts(right, given.labelled(), predicted, given.top(), given.ranking());
    return new Tally(tally.rows(), tally.lossSum(), own.correct(), tally.within()).with(own);
  }

  /** Rows: actual. Columns: predicted, and the metrics from these counts. */
  String table(ClassCounts ofClasses) {
    StringBuilder text = new StringBuilder("confusion matrix (rows: actual, columns: predicted)\n");
    int width = 2;
    int nameWidth = 5;
    for (int k = 0; k < counts.length; k++) {
      nameWidth = Math.max(nameWidth, name(k).length());
      for (long count : counts[k]) {
        width = Math.max(width, Long.toString(count).length() + 1);
      }
    }
    width = names.isEmpty() ? width : Math.max(width, nameWidth + 1);
    String cell = "%" + width + "s";
    String head = "%" + nameWidth + "s |";
    text.append(String.format(Locale.ROOT, head, ""));
    for (int k = 0; k < counts.length; k++) {
      text.append(String.format(Locale.ROOT, cell, name(k)));
    }
    text.append(" | recall precision    F1\n");
    for (int k = 0; k < counts.length; k++) {
      text.append(String.format(Locale.ROOT, head, name(k)));
      for (long count : counts[k]) {
        text.append(String.format(Locale.ROOT, cell, count == 0 ? "." : Long.toString(count)));
      }
      text.append(" | ")
          .append(
              ofClasses.labelled()[k] == 0
                  ? "    -"
                  : String.format(Locale.ROOT, "%.3f", ofClasses.recall(k)))
          .append(
              ofClasses.predicted()[k] == 0
                  ? "         -"
                  : String.format(Locale.ROOT, "%10.3f", ofClasses.precision(k)))
          .append(String.format(Locale.ROOT, " %6.3f%n", ofClasses.f1(k)));
    }
    return text.toString();
  }

  private String name(int k) {
    return names.isEmpty()
        ? Integer.toString(k)
        : OutsideText.printable(names.get(k), LONGEST_NAME);
  }
}
