package io.cordee.cli.console;

import io.cordee.common.text.OutsideText;
import io.cordee.worker.model.Rows;
import java.util.List;
import java.util.Locale;

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
   * @param outputs [rows, width], row-major; a single output of at least ½ stands for class 1
   * @param width outputs of the model
   * @param names of the classes; none if they have only their index
   */
  public static ConfusionMatrix of(Rows rows, float[] outputs, int width, List<String> names) {
    float[] targets = new float[rows.count() * width];
    rows.copyTargets(0, rows.count(), targets);
    ConfusionMatrix matrix = new ConfusionMatrix(Math.max(2, width), names);
    for (int row = 0; row < rows.count(); row++) {
      matrix.counts[classOf(targets, row, width)][classOf(outputs, row, width)]++;
    }
    return matrix;
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
    text.append(" | recall\n");
    for (int k = 0; k < counts.length; k++) {
      long total = 0;
      text.append(String.format(Locale.ROOT, head, name(k)));
      for (long count : counts[k]) {
        total += count;
        text.append(String.format(Locale.ROOT, cell, count == 0 ? "." : Long.toString(count)));
      }
      String recall =
          total == 0 ? "-" : String.format(Locale.ROOT, "%.3f", (double) counts[k][k] / total);
      text.append(" | ").append(recall).append('\n');
    }
    return text.toString();
  }

  private String name(int k) {
    return names.isEmpty()
        ? Integer.toString(k)
        : OutsideText.printable(names.get(k), LONGEST_NAME);
  }
}
