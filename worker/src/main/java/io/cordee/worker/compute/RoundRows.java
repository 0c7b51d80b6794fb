package io.cordee.worker.compute;

import io.cordee.function.Rows;
import java.util.function.IntFunction;

/**
 * The rows that a partition gives to a round.
 *
 * @param count how many the partition's contribution counts for; may be 0 in a small batch
 * @param ofStep those of a local step, counted from 0; without local steps, those of step 0
 */
record RoundRows(int count, IntFunction<Rows> ofStep) {

  Rows step(int step) {
    return ofStep.apply(step);
  }
}
