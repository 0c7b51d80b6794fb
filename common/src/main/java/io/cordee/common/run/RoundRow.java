package io.cordee.common.run;

import java.util.Map;

/**
 * What is measured of a round.
 *
 * @param digest of the weights; empty if it was not due
 */
public record RoundRow(int round, Map<Measure, Double> values, String digest) {

  /** NaN if it was not measured. */
  public double value(Measure measure) {
    return values.getOrDefault(measure, Double.NaN);
  }

  /** From the start of training to the end of the round. */
  public double seconds() {
    return value(Measure.SECONDS);
  }
}
