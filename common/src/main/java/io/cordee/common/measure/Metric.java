package io.cordee.common.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How well outputs meet their targets, besides the loss.
 *
 * <p>Of classes: precision, recall and F1 are means over the classes that occur (macro; 0 where a
 * class is never predicted). AUC is the area under the ROC curve, of two classes. Top-5 is the
 * share of rows whose class is among the five largest outputs, of ten classes or more.
 *
 * <p>Of values: the mean absolute error and the root of the mean squared error, both in units of
 * the target, and R², the share of the targets' variance that is explained; means over the outputs.
 */
public enum Metric {
  PRECISION("precision", Kind.SHARE),
  RECALL("recall", Kind.SHARE),
  F1("F1", Kind.SHARE),
  AUC("AUC", Kind.SHARE),
  TOP_5("top-5 accuracy", Kind.SHARE),
  MAE("mean absolute error", Kind.LOSS),
  RMSE("root mean squared error", Kind.LOSS),
  R2("R²", Kind.RATIO);

  public enum Kind {
    /** The lower, the better; at least 0. */
    LOSS,
    /** From 0 to 1. */
    SHARE,
    /** Up to 1. */
    RATIO
  }

  public static final int TOP = 5;

  private static final int MANY_CLASSES = 10;
  private static final int MOST_OUTPUTS = 4096;

  private final String title;
  private final Kind kind;

  Metric(String title, Kind kind) {
    this.title = title;
    this.kind = kind;
  }

  public String title() {
    return title;
  }

  public Kind kind() {
    return kind;
  }

  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Those of a model, in the order in which they are shown; none of a model with more than {@value
   * #MOST_OUTPUTS} outputs, whose counts would be too long a message.
   *
   * @param labelled whether rows have labels, rather than values
   */
  public static List<Metric> of(boolean labelled, int outputs) {
    if (outputs > MOST_OUTPUTS) {
      return List.of();
    }
    if (!labelled) {
      return List.of(MAE, RMSE, R2);
    }
    List<Metric> metrics = new ArrayList<>(List.of(PRECISION, RECALL, F1));
    if (hasRanking(outputs)) {
      metrics.add(AUC);
    }
    if (hasTop(outputs)) {
      metrics.add(TOP_5);
    }
    return metrics;
  }

  /** Returns whether there are enough classes for top-k accuracy to be meaningful. */
  public static boolean hasTop(int outputs) {
    return outputs >= MANY_CLASSES;
  }

  /** Returns whether a model with this many outputs is a binary classifier. */
  public static boolean hasRanking(int outputs) {
    return outputs <= 2;
  }
}
