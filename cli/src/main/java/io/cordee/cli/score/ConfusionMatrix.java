package io.cordee.cli.score;

import io.cordee.common.text.OutsideText;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** How often rows of each class were taken for each class. */
public final class ConfusionMatrix {

  private static final int LONGEST_NAME = 20;

  private final long[][] counts;
  private final List<String> names;

  private ConfusionMatrix(int classes, List<String> names) {
    counts = new long[classes][classes];
    this.names = names;
  }

  /**
   * Counts labelled rows.
   *
   * @param targets one-hot, [count, width], row-major; of a single output 0 or 1
   * @param outputs [count, width]; a single output of at least ½ stands for class 1
   * @param width outputs of the model
   * @param names of the classes; none if they have only their index
   */
  public static ConfusionMatrix of(
      float[] targets, float[] outputs, int count, int width, List<String> names) {
    ConfusionMatrix matrix = new ConfusionMatrix(Math.max(2, width), names);
    for (int row = 0; row < count; row++) {
      matrix.counts[classOf(targets, row, width)][classOf(outputs, row, width)]++;
    }
    return matrix;
  }

  /** By label, then by prediction; not to be changed. */
  public long[][] counts() {
    return counts;
  }

  /** Of the rows that were taken for a class, the share that is; 0 if there are none. */
  double precision(int k) {
    return share(counts[k][k], predicted(k));
  }

  /** Of the rows of a class, the share that was taken for it; 0 if there are none. */
  double recall(int k) {
    return share(counts[k][k], labelled(k));
  }

  /** The harmonic mean of precision and recall. */
  double f1(int k) {
    return share(2 * counts[k][k], predicted(k) + labelled(k));
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  private long labelled(int k) {
    return Arrays.stream(counts[k]).sum();
  }

  private long predicted(int k) {
    return Arrays.stream(counts).mapToLong(row -> row[k]).sum();
  }

  /** The mean over all classes that occur, as labels or as predictions. */
  double mean(IntToDoubleFunction ofClass) {
    return IntStream.range(0, counts.length)
        .filter(k -> labelled(k) + predicted(k) > 0)
        .mapToDouble(ofClass)
        .average()
        .orElse(0);
  }

  /** The class that a row of outputs, or of targets, stands for: that of the first largest. */
  public static int classOf(float[] outputs, int row, int width) {
    int start = row * width;
    if (width == 1) {
      return outputs[start] >= 0.5f ? 1 : 0;
    }
    int best = 0;
    for (int k = 1; k < width; k++) {
      if (outputs[start + k] > outputs[start + best]) {
        best = k;
      }
    }
    return best;
  }

  /** Rows: what they are. Columns: what they were taken for. */
  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder("confusion matrix: rows are labels, columns predictions\n");
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
          .append(labelled(k) == 0 ? "    -" : String.format(Locale.ROOT, "%.3f", recall(k)))
          .append(
              predicted(k) == 0 ? "         -" : String.format(Locale.ROOT, "%10.3f", precision(k)))
          .append(String.format(Locale.ROOT, " %6.3f%n", f1(k)));
    }
    return text.toString();
  }

  private String name(int k) {
    return names.isEmpty()
        ? Integer.toString(k)
        : OutsideText.printable(names.get(k), LONGEST_NAME);
  }
}
