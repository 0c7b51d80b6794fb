package io.cordee.server.training;

import io.cordee.common.job.Evaluated;
import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.common.reduce.TreeReduction;
import io.cordee.server.round.AsyncBoard;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.Vector;
import io.cordee.server.team.RoundLeases;
import io.cordee.server.team.Work;
import io.cordee.server.team.WorkerId;
import java.util.HashSet;
import java.util.Set;

/**
 * The last weights, measured by the whole team on the rows of the round that they would enter, and
 * on the validation and test rows. Nothing is applied any more, so every worker measures the same
 * weights.
 */
final class ResultMeasurement implements Work.Progress {

  private final int version;
  private final AsyncBoard board;
  private final RoundLeases leases;
  private final TreeReduction<Tally> train;
  private final RoundEvaluation evaluation;
  private final Set<WorkerId> sent = new HashSet<>();

  /**
   * @param version what the last weights are called, which no worker was sent anything for
   */
  ResultMeasurement(int version, AsyncBoard board, Job job, DataAgreement data, Roster roster) {
    this.version = version;
    this.board = board;
    this.leases =
        new RoundLeases(
            board.tree().partitions(),
            data.slices(),
            board.chunks().count(),
            roster::room,
            worker -> false);
    this.train = new TreeReduction<>(board.tree(), Tally::plus, tally -> {});
    this.evaluation = new RoundEvaluation(job, data);
    evaluation.begin(version);
    evaluation.beginLast();
  }

  /** Asks for what nobody has been asked for. */
  void lease(Roster roster, Team team, long now) {
    leases
        .assign(roster.active(), roster::speed, this, now)
        .forEach(
            (worker, work) -> {
              if (sent.add(worker)) {
                send(worker, Vector.EVALUATION_POINT, team);
                if (evaluation.isAskedFor() && board.hasOwnEvaluationPoint()) {
                  send(worker, Vector.WEIGHTS, team);
                }
              }
              team.ask(worker, version, work);
            });
  }

  private void send(WorkerId worker, Vector vector, Team team) {
    for (int chunk = 0; chunk < board.chunks().count(); chunk++) {
      team.chunk(worker, version, vector, chunk);
    }
  }

  /** Ignores a contribution of another version. */
  void contributed(WorkerId worker, Contribution contribution, long now) {
    if (contribution.version() == version) {
      train.offer(contribution.node(), contribution.tally());
      leases.came(worker, board.tree().span(contribution.node()).size(), now);
    }
  }

  /** Ignores the tally of another version. */
  void evaluated(WorkerId worker, int atVersion, int slice, Tally tally, long now) {
    if (atVersion == version) {
      evaluation.offer(atVersion, slice, tally);
      leases.measured(worker, now);
    }
  }

  /** Others may be asked for the work of a worker that is gone. */
  void release(WorkerId worker) {
    leases.release(worker);
  }

  boolean isOwedBy(WorkerId worker) {
    return leases.owes(worker, this);
  }

  boolean hasOrphans() {
    return !leases.orphans(this).isNone();
  }

  @Override
  public boolean isComputed(int partition) {
    return train.isCovered(board.tree().leaf(partition));
  }

  @Override
  public boolean isMeasured(int slice) {
    return evaluation.isCovered(slice);
  }

  boolean isComplete() {
    return train.isComplete() && evaluation.isDone();
  }

  Tally train() {
    return train.root().orElseThrow();
  }

  Evaluated evaluated() {
    return evaluation.result();
  }
}
