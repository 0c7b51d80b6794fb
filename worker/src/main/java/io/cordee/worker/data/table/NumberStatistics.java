package io.cordee.worker.data.table;

import io.cordee.common.job.data.Preprocessing.Scale;
import io.cordee.common.job.data.TableEncoding;
import java.util.Arrays;

/**
 * Mean, sum of squared deviations, extremes and, if asked for, median of numbers, in double
 * precision.
 *
 * <p>Sources: B. P. Welford, Note on a method for calculating corrected sums of squares and
 * products, Technometrics 4, 1962, for a number more; T. F. Chan, G. H. Golub, R. J. LeVeque,
 * Updating formulae and a pairwise algorithm for computing sample variances, 1979, for two parts.
 */
final class NumberStatistics {

  private final boolean keepsAll;
  private double[] all = {};
  private long count;
  private double mean;
  private double deviations;
  private double smallest = Double.POSITIVE_INFINITY;
  private double largest = Double.NEGATIVE_INFINITY;

  /**
   * @param keepsAll whether the median will be asked for: 8 bytes for each number
   */
  NumberStatistics(boolean keepsAll) {
    this.keepsAll = keepsAll;
  }

  void add(double number) {
    if (keepsAll) {
      if (count == all.length) {
        all = Arrays.copyOf(all, Math.max(16, Math.toIntExact(2 * count)));
      }
      all[(int) count] = number;
    }
    count++;
    double off = number - mean;
    mean += off / count;
    deviations += off * (number - mean);
    smallest = Math.min(smallest, number);
    largest = Math.max(largest, number);
  }

  /** Invalidates this one. */
  NumberStatistics plus(NumberStatistics others) {
    if (others.count == 0) {
      return this;
    }
    long total = count + others.count;
    if (keepsAll) {
      all = Arrays.copyOf(all, Math.toIntExact(total));
      System.arraycopy(others.all, 0, all, (int) count, (int) others.count);
    }
    double off = others.mean - mean;
    mean += off * others.count / total;
    deviations += others.deviations + off * off * count * others.count / total;
    smallest = Math.min(smallest, others.smallest);
    largest = Math.max(largest, others.largest);
    count = total;
    return this;
  }

  long count() {
    return count;
  }

  double smallest() {
    return smallest;
  }

  double largest() {
    return largest;
  }

  boolean isEmpty() {
    return count == 0;
  }

  double mean() {
    return mean;
  }

  /** For an even count, the mean of the middle two. */
  double median() {
    double[] sorted = Arrays.copyOf(all, (int) count);
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1
        ? sorted[middle]
        : sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2;
  }

  /** The largest magnitude. */
  double size() {
    return Math.max(Math.abs(smallest), Math.abs(largest));
  }

  /** Returns the range to scale by. Of a constant, nothing is left. */
  TableEncoding.Range range(Scale wanted) {
    return switch (wanted) {
      case NONE -> TableEncoding.Range.UNIT;
      case STANDARDIZE -> new TableEncoding.Range(mean, scale(Math.sqrt(deviations / count)));
      case MINMAX -> new TableEncoding.Range(smallest, scale(largest - smallest));
    };
  }

  private static double scale(double width) {
    return width > 0 ? width : 1; // constant, or too close together to tell
  }
}
