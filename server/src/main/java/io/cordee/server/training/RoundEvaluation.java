package io.cordee.server.training;

import io.cordee.common.job.Evaluated;
import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.server.round.EvaluationBoard;
import java.util.Optional;

/**
 * What is measured at the version of a round: the loss over the training rows and, if that is due,
 * the validation and test rows.
 */
final class RoundEvaluation {

  private final Job job;
  private final DataAgreement data;
  private int version;
  private Optional<Tally> train = Optional.empty();
  private EvaluationBoard board = EvaluationBoard.EMPTY;

  RoundEvaluation(Job job, DataAgreement data) {
    this.job = job;
    this.data = data;
  }

  void begin(int atVersion) {
    this.version = atVersion;
    train = Optional.empty();
    board =
        job.data().isEvaluated() && isDue()
            ? new EvaluationBoard(version, data.slices())
            : EvaluationBoard.EMPTY;
  }

  private boolean isDue() {
    return version % job.evaluateEvery() == 0 || version == data.lastRound();
  }

  /**
   * The job ends with this round, and so its weights are evaluated, due or not.
   *
   * @return whether that is still to be asked for
   */
  boolean beginLast() {
    if (isAskedFor() || !job.data().isEvaluated()) {
      return false;
    }
    board = new EvaluationBoard(version, data.slices());
    return true;
  }

  void measured(Tally tally) {
    train = Optional.of(tally);
  }

  /**
   * @throws java.util.NoSuchElementException if the tally of all training rows is not known yet
   */
  Tally train() {
    return train.orElseThrow();
  }

  boolean isAskedFor() {
    return board != EvaluationBoard.EMPTY;
  }

  /** Takes the tally of a slice, if it is asked for. */
  void offer(int atVersion, int slice, Tally tally) {
    if (isAskedFor()) {
      board.offer(atVersion, slice, tally);
    }
  }

  /** Whether a slice need not be evaluated, or not any more. */
  boolean isCovered(int slice) {
    return !isAskedFor() || board.isCovered(slice);
  }

  boolean isDone() {
    return board.isComplete();
  }

  Evaluated result() {
    return board.result();
  }

  /** Whether all is known that stop conditions ask for. */
  boolean canDecide() {
    boolean isAwaited = job.stop().accuracy().isPresent() || job.isMonitored();
    return train.isPresent() && (!isAwaited || isDone());
  }
}
