package io.cordee.server.training;

import io.cordee.common.job.Evaluated;
import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.TreeReduction;
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

  /** Counts the training rows at the last weights, where they were not counted with a round. */
  private final TreeReduction<Tally> last;

  private final ReductionTree tree;
  private EvaluationBoard board = EvaluationBoard.EMPTY;

  RoundEvaluation(Job job, DataAgreement data, ReductionTree tree) {
    this.job = job;
    this.data = data;
    this.tree = tree;
    this.last = new TreeReduction<>(tree, Tally::plus, tally -> {});
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
   * @return whether anything is still to be asked for
   */
  boolean beginLast() {
    boolean isNew = !isAskedFor() && job.data().isEvaluated();
    if (isNew) {
      board = new EvaluationBoard(version, data.slices());
    }
    return isNew || train.isEmpty();
  }

  void measured(Tally tally) {
    train = Optional.of(tally);
  }

  /** Takes the tally of a node's rows at the last weights, if they are not counted yet. */
  void count(int atVersion, int node, Tally tally) {
    if (atVersion == version && train.isEmpty()) {
      last.offer(node, tally);
      train = last.root();
    }
  }

  /** Returns true if the rows of a partition are counted at the last weights. */
  boolean isCounted(int partition) {
    return train.isPresent() || last.isCovered(tree.leaf(partition));
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

  /** Returns whether a slice need not be evaluated, or not any more. */
  boolean isCovered(int slice) {
    return !isAskedFor() || board.isCovered(slice);
  }

  boolean isDone() {
    return train.isPresent() && board.isComplete();
  }

  Evaluated result() {
    return board.result();
  }

  /** Returns whether all is known that stop conditions ask for. */
  boolean canDecide() {
    boolean isAwaited = job.stop().accuracy().isPresent() || job.isMonitored();
    return train.isPresent() && (!isAwaited || isDone());
  }
}
