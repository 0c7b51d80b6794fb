package io.cordee.common.run;

import java.util.HashMap;
import java.util.Map;

/**
 * The figures of a round: the one form in which files, pages, logs and programs get them.
 *
 * @param values the figures that were measured
 * @param digest of the weights; empty if it was not due
 */
public record RoundRow(int round, Map<Measure, Double> values, String digest) {

  /** The row of a job of which nothing was measured. */
  public static final RoundRow NONE = new RoundRow(0, Map.of(Measure.SECONDS, 0.0), "");

  /** True if it was measured. */
  public boolean has(Measure measure) {
    return values.containsKey(measure);
  }

  /** NaN if it was not measured. */
  public double value(Measure measure) {
    return values.getOrDefault(measure, Double.NaN);
  }

  /** From the start of training to the end of the round. */
  public double seconds() {
    return value(Measure.SECONDS);
  }

  /** True if rows that were held out were evaluated. */
  public boolean isEvaluated() {
    return has(Measure.VALIDATION_LOSS) || has(Measure.TEST_LOSS);
  }

  /** This one, with what another has measured besides. */
  public RoundRow or(RoundRow other) {
    Map<Measure, Double> both = new HashMap<>(other.values);
    both.putAll(values);
    return new RoundRow(round, both, digest);
  }
}
