package io.cordee.server.training;

import io.cordee.common.job.Evaluated;
import io.cordee.common.job.RowCounts;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is measured in the rounds of asynchronous training, published when every worker is past
 * them, and whether it meets a stop condition.
 *
 * <p>Used under the monitor of its training.
 */
final class AsyncFigures {

  private final DataAgreement data;
  private final Deadlines deadlines;
  private final RoundLog log;

  // Of the rounds that are not over: what their contributions and slices have counted.
  private final Map<Integer, Tally> train = new HashMap<>();
  private final Map<Integer, Tally> validation = new HashMap<>();
  private final Map<Integer, Tally> test = new HashMap<>();
  private int finished;

  AsyncFigures(DataAgreement data, Deadlines deadlines, RoundLog log) {
    this.data = data;
    this.deadlines = deadlines;
    this.log = log;
  }

  int finished() {
    return finished;
  }

  void contributed(int round, Tally tally) {
    if (round >= finished) {
      train.merge(round, tally, Tally::plus);
    }
  }

  void evaluated(int round, int slice, Tally tally) {
    boolean isValidation = slice < data.slices().validation();
    (isValidation ? validation : test).merge(round, tally, Tally::plus);
  }

  /**
   * Publishes the rounds before {@code end} that have not been published.
   *
   * @return why the job ends with the rounds under way, if it does
   */
  Optional<Reason> publishUntil(int end) {
    Optional<Reason> reason = Optional.empty();
    for (; finished < end; finished++) {
      Optional<Tally> counted = Optional.ofNullable(train.remove(finished));
      RowCounts rows = data.rows();
      Evaluated evaluated =
          new Evaluated(
              Optional.ofNullable(validation.remove(finished))
                  .filter(tally -> tally.rows() == rows.validation()),
              Optional.ofNullable(test.remove(finished))
                  .filter(tally -> tally.rows() == rows.test()));
      // Nothing is known of a round whose workers have all left.
      if (counted.isPresent() && counted.get().rows() > 0) {
        publish(counted.get(), evaluated, "");
        boolean isWhole = counted.get().rows() == data.rowsOfRound();
        reason =
            reason.or(
                () ->
                    log.stopReason(finished, data.lastRound(), counted.get(), evaluated, isWhole));
      }
    }
    return reason;
  }

  void publish(Tally counted, Evaluated evaluated, String digest) {
    log.publish(finished, counted, evaluated, Optional.empty(), digest);
    deadlines.roundTook(log.next(counted.rows()));
  }
}
