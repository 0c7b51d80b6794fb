package io.cordee.spark.rows;

import java.io.Serializable;

/**
 * Count, mean and spread of some numbers. Chan, Golub and LeVeque, "Updating Formulae and a
 * Pairwise Algorithm for Computing Sample Variances", 1979.
 */
final class Moments implements Serializable {

  private static final long serialVersionUID = 1;

  private long count;
  private double mean;

  /** The sum of the squared distances from the mean. */
  private double squares;

  void add(double value) {
    count++;
    double distance = value - mean;
    mean += distance / count;
    squares += distance * (value - mean);
  }

  void add(Moments other) {
    if (other.count == 0) {
      return;
    }
    long both = count + other.count;
    double distance = other.mean - mean;
    mean += distance * other.count / both;
    squares += other.squares + distance * distance * count * other.count / both;
    count = both;
  }

  double mean() {
    return mean;
  }

  boolean areSame() {
    return squares == 0;
  }

  /** The standard deviation; 1 if all are the same. */
  double deviation() {
    double variance = squares / Math.max(1, count);
    return variance > 0 ? Math.sqrt(variance) : 1;
  }
}
