package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.round.EvaluationBoard;
import java.util.Optional;

/**
 * What is measured at the version of a round: the loss over the training rows and, if that is due,
 * the test rows.
 */
final class RoundEvaluation {

  private final Job job;
  private final DataAgreement data;
  private int version;
  private Optional<Tally> train = Optional.empty();
  private Optional<EvaluationBoard> board = Optional.empty();

  RoundEvaluation(Job job, DataAgreement data) {
    this.job = job;
    this.data = data;
  }

  /** A round begins. */
  void begin(int atVersion) {
    this.version = atVersion;
    train = Optional.empty();
    board = isDue() ? Optional.of(newBoard()) : Optional.empty();
  }

  private boolean isDue() {
    return job.data().hasTest()
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
    if (board.isPresent() || !job.data().hasTest()) {
      return false;
    }
    board = Optional.of(newBoard());
    return true;
  }

  /** The tally of all training rows is known. */
  void measured(Tally tally) {
    train = Optional.of(tally);
  }

  /**
   * The tally of all training rows.
   *
   * @throws java.util.NoSuchElementException if it is not known yet
   */
  Tally train() {
    return train.orElseThrow();
  }

  boolean isAskedFor() {
    return board.isPresent();
  }

  /** Takes the tally of a slice, if it is asked for. */
  void offer(int atVersion, int slice, Tally tally) {
    board.ifPresent(asked -> asked.offer(atVersion, slice, tally));
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

  /** Whether all is known that stop conditions ask for. */
  boolean canDecide() {
    return train.isPresent() && (job.stop().accuracy().isEmpty() || isDone());
  }
}
