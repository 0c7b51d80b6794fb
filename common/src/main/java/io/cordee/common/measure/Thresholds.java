package io.cordee.common.measure;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of the rows of a ranking if those with at least some output are taken for class 1:
 * first the highest output alone, at last all.
 */
public final class Thresholds {

  private static final int MOST_POINTS = 200;

  private final Ranking ranking;
  private final int last;

  /** Rows of class 0 and of class 1 that are taken for class 1, by how many outputs are. */
  private final double[] wrong;

  private final double[] right;

  public record Best(double threshold, double f1) {}

  private Thresholds(Ranking ranking) {
    this.ranking = ranking;
    last = ranking.keys().length;
    wrong = new double[last + 1];
    right = new double[last + 1];
    for (int i = 1; i <= last; i++) {
      wrong[i] = wrong[i - 1] + ranking.zeros()[last - i];
      right[i] = right[i - 1] + ranking.ones()[last - i];
    }
  }

  /** None if there are no rows of one class, or outputs that are no numbers. */
  public static Optional<Thresholds> of(Ranking ranking) {
    return Double.isNaN(ranking.auc()) ? Optional.empty() : Optional.of(new Thresholds(ranking));
  }

  /** False positive rate and recall of each, from (0, 0) to (1, 1). */
  public List<double[]> roc() {
    List<double[]> points = new ArrayList<>();
    for (int i = 0; i <= last; i++) {
      points.add(new double[] {wrong[i] / wrong[last], right[i] / right[last]});
    }
    return points;
  }

  /** Recall and precision of each; the first precision is drawn on to recall 0. */
  public List<double[]> precisionRecall() {
    List<double[]> points = new ArrayList<>();
    for (int i = 0; i <= last; i++) {
      int at = Math.max(1, i);
      points.add(new double[] {right[i] / right[last], right[at] / (right[at] + wrong[at])});
    }
    return points;
  }

  /** The mean of the precisions, each weighted by how far recall rises there. */
  public double averagePrecision() {
    double sum = 0;
    for (int i = 1; i <= last; i++) {
      sum += (right[i] - right[i - 1]) / right[last] * right[i] / (right[i] + wrong[i]);
    }
    return sum;
  }

  /** The one with the largest F1 of class 1: the highest of several, with as few digits as do. */
  public Best best() {
    int best = 1;
    for (int i = 2; i <= last; i++) {
      best = f1(i) > f1(best) ? i : best;
    }
    int at = last - best; // in the ranking, which rises
    double least = at == 0 ? 0 : ranking.lowest(ranking.keys()[at - 1] + 1);
    BigDecimal most = new BigDecimal(ranking.lowest(ranking.keys()[at]));
    int digits = 0;
    while (most.setScale(digits, RoundingMode.FLOOR).doubleValue() < least) {
      digits++;
    }
    return new Best(most.setScale(digits, RoundingMode.FLOOR).doubleValue(), f1(best));
  }

  private double f1(int i) {
    return 2 * right[i] / (right[i] + wrong[i] + right[last]);
  }

  /** A curve of at most {@value #MOST_POINTS} points, about equally far from each other. */
  public static List<double[]> thinned(List<double[]> points) {
    List<double[]> kept = points;
    for (double least = 1 / 256.0; kept.size() > MOST_POINTS; least *= 1.1) {
      kept = new ArrayList<>(points.subList(0, 1));
      for (double[] point : points) {
        double[] last = kept.get(kept.size() - 1);
        if (Math.hypot(point[0] - last[0], point[1] - last[1]) >= least) {
          kept.add(point);
        }
      }
      kept.add(points.get(points.size() - 1));
    }
    return kept;
  }
}
