package io.cordee.common.job;

import java.util.Optional;

/**
 * What rows were evaluated to at some weights.
 *
 * @param validation the tally of the rows that decisions are made on, where there are any
 * @param test of those that results are reported on
 */
public record Evaluated(Optional<Tally> validation, Optional<Tally> test) {

  public static final Evaluated NOTHING = new Evaluated(Optional.empty(), Optional.empty());

  /** The rows whose accuracy is asked for. */
  public Optional<Tally> decisive() {
    return validation.or(() -> test);
  }
}
