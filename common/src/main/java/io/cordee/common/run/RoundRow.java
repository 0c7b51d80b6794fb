package io.cordee.common.run;

import java.util.HashMap;
import java.util.Map;

/**
 * What is measured of a round.
 *
 * @param digest of the weights; empty if it was not due
 */
public record RoundRow(int round, Map<Measure, Double> values, String digest) {

  /** Of a job of which nothing was measured. */
  public static final RoundRow NONE = new RoundRow(0, Map.of(Measure.SECONDS, 0.0), "");

  /** NaN if it was not measured. */
  public double value(Measure measure) {
    return values.getOrDefault(measure, Double.NaN);
  }

  /** From the start of training to the end of the round. */
  public double seconds() {
    return value(Measure.SECONDS);
  }

  /** This one, with what another has measured besides. */
  public RoundRow or(RoundRow other) {
    Map<Measure, Double> both = new HashMap<>(other.values);
    both.putAll(values);
    return new RoundRow(round, both, digest);
  }
}
