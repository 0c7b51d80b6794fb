package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.round.EvaluationBoard;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a round finds of the test rows at its version, if that is due, and whether the job ends with
 * it.
 *
 * <p>Used under the monitor of its training.
 */
final class RoundEvaluation {

  private final Job job;
  private final DataAgreement data;
  private int version;
  private boolean isTimeUp;
  private Optional<EvaluationBoard> board = Optional.empty();

  RoundEvaluation(Job job, DataAgreement data) {
    this.job = job;
    this.data = data;
  }

  /**
   * A round begins.
   *
   * @param isTimeUp whether it is to be the last one
   */
  void begin(int atVersion, boolean isTimeUp) {
    this.version = atVersion;
    this.isTimeUp = isTimeUp;
    board = isDue() ? Optional.of(newBoard()) : Optional.empty();
  }

  private boolean isDue() {
    return job.data().test().isPresent()
        && (version % job.evaluateEvery() == 0 || version == job.stop().rounds());
  }

  private EvaluationBoard newBoard() {
    return new EvaluationBoard(version, new ReductionTree(data.slices()));
  }

  /**
   * The job ends with this round, and so its weights are evaluated, due or not.
   *
   * @return whether that is still to be asked for
   */
  boolean beginLast() {
    if (board.isPresent() || job.data().test().isEmpty()) {
      return false;
    }
    board = Optional.of(newBoard());
    return true;
  }

  boolean isUnderWay() {
    return board.isPresent();
  }

  /**
   * Takes the tally of a slice.
   *
   * @throws IllegalArgumentException if there is no such slice, or it has other rows
   */
  void offer(int atVersion, int slice, Tally tally) {
    data.checkSlice(slice, tally);
    board.orElseThrow().offer(atVersion, slice, tally);
  }

  /** Whether a slice need not be evaluated, or not any more. */
  boolean isCovered(int slice) {
    return board.isEmpty() || board.get().isCovered(slice);
  }

  /** Whether there is nothing to wait for. */
  boolean isDone() {
    return board.isEmpty() || result().isPresent();
  }

  /** The tally of all test rows. */
  Optional<Tally> result() {
    return board.flatMap(EvaluationBoard::result);
  }

  /** Whether it is known of the test rows what the stop conditions ask. */
  boolean canDecide() {
    return job.stop().accuracy().isEmpty() || isDone();
  }

  /**
   * Why the job ends here, if it does.
   *
   * @param measured the tally of the training rows
   */
  Optional<Reason> stopReason(Tally measured) {
    OptionalDouble wanted = job.stop().accuracy();
    Optional<Tally> test = result();
    if (wanted.isPresent() && test.isPresent() && test.get().accuracy() >= wanted.getAsDouble()) {
      return Optional.of(Reason.ACCURACY);
    }
    Optional<Reason> reason = job.stop().metBy(version, measured);
    return reason.isEmpty() && isTimeUp ? Optional.of(Reason.MINUTES) : reason;
  }
}
