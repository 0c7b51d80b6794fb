package io.cordee.cli.console;

import io.cordee.worker.model.Rows;
import java.util.Locale;

/** How often rows of each class were taken for each class. */
public final class ConfusionMatrix {

  private final long[][] counts;

  private ConfusionMatrix(int classes) {
    counts = new long[classes][classes];
  }

  /**
   * Counts labelled rows.
   *
   * @param outputs [rows, width], row-major; a single output of at least ½ stands for class 1
   * @param width outputs of the model
   */
  public static ConfusionMatrix of(Rows rows, float[] outputs, int width) {
    float[] targets = new float[rows.count() * width];
    rows.copyTargets(0, rows.count(), targets);
    ConfusionMatrix matrix = new ConfusionMatrix(Math.max(2, width));
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
    for (long[] row : counts) {
      for (long count : row) {
        width = Math.max(width, Long.toString(count).length() + 1);
      }
    }
    String cell = "%" + width + "s";
    text.append(String.format(Locale.ROOT, "%5s |", ""));
    for (int k = 0; k < counts.length; k++) {
      text.append(String.format(Locale.ROOT, cell, k));
    }
    text.append(" | recall\n");
    for (int k = 0; k < counts.length; k++) {
      long total = 0;
      text.append(String.format(Locale.ROOT, "%5d |", k));
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
}
