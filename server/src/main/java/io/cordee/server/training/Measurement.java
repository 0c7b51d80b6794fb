package io.cordee.server.training;

import io.cordee.common.job.Best;
import io.cordee.common.job.Evaluated;
import io.cordee.common.job.Tally;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What is known of the weights after a round; all of it was measured on these weights.
 *
 * @param round how many rounds the weights have behind them; 0 for the initial ones
 * @param train the tally of the rows that the next round's gradients are taken on (for Nesterov: at
 *     the evaluation point)
 * @param evaluated the tallies of the validation and test rows, where they were evaluated
 * @param best the best weights so far, where the job monitors them
 * @param seconds from the start of training to the end of the round
 * @param rowsPerSecond training rows of the round by its duration; empty for round 0
 * @param digest of weights and slots; empty where none was due
 */
public record Measurement(
    int round,
    Tally train,
    Evaluated evaluated,
    Optional<Best> best,
    double seconds,
    OptionalDouble rowsPerSecond,
    String digest) {

  /** Of a job without validation rows. */
  public Measurement(
      int round,
      Tally train,
      Optional<Tally> test,
      double seconds,
      OptionalDouble rowsPerSecond,
      String digest) {
    this(
        round,
        train,
        new Evaluated(Optional.empty(), test),
        Optional.empty(),
        seconds,
        rowsPerSecond,
        digest);
  }

  public Optional<Tally> validation() {
    return evaluated.validation();
  }

  public Optional<Tally> test() {
    return evaluated.test();
  }
}
