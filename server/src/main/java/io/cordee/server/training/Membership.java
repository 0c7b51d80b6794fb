package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Training.DataFound;
import java.util.Optional;

/**
 * Who may take part: greets workers, holds them to what the first of them has found, sends away
 * those that say what cannot be, and lets go of those that leave.
 *
 * <p>Used under the monitor of its training.
 */
final class Membership {

  private final Roster roster;
  private final DataAgreement data;
  private final Team team;
  private final TrainingListener listener;

  Membership(Job job, Roster roster, Team team, TrainingListener listener) {
    this.roster = roster;
    this.data = new DataAgreement(job);
    this.team = team;
    this.listener = listener;
  }

  /** What the workers find. */
  DataAgreement data() {
    return data;
  }

  /**
   * A worker has come.
   *
   * @param outcome how the job has ended, if it has: that is all there is to tell the worker then
   */
  void join(WorkerId worker, int threads, Optional<Outcome> outcome) {
    roster.add(worker, threads);
    team.welcome(worker);
    if (outcome.isPresent()) {
      team.finished(worker, outcome.get());
    } else {
      listener.joined(worker, roster.connected().size());
    }
  }

  /** Whether what a worker finds is what the others find, so that it can be planned with. */
  boolean admit(WorkerId worker, DataFound found) {
    if (!roster.has(worker)) {
      return false;
    }
    Optional<String> refusal =
        roster.isReady(worker)
            ? Optional.of("it has said already what data it finds")
            : data.refusal(found);
    if (refusal.isPresent()) {
      team.expel(worker, refusal.get());
      return false;
    }
    data.warning(worker, found).ifPresent(listener::warned);
    data.add(found);
    listener.columnsFound(found.columns());
    roster.hasFoundData(worker);
    return true;
  }

  /** Whether a worker has loaded the rows of a plan that there is. */
  boolean prepare(WorkerId worker, int plan) {
    if (!roster.has(worker)) {
      return false;
    }
    if (!roster.isReady(worker) || !roster.hasPlanned(plan)) {
      team.expel(worker, "there is no plan " + plan + " that it could be prepared for");
      return false;
    }
    roster.prepared(worker, plan);
    return true;
  }

  /**
   * A worker cannot go on. A newcomer with a wrong folder, say, is sent away, and the others go on
   * without it.
   *
   * @param isGathering whether the first round still waits for its workers
   * @return what the job fails of; empty if it does not
   */
  Optional<String> fail(WorkerId worker, String message, boolean isGathering) {
    if (!roster.has(worker)) {
      return Optional.empty();
    }
    if (isGathering || roster.active().workers().contains(worker)) {
      return Optional.of(worker + ": " + message);
    }
    team.expel(worker, message);
    return Optional.empty();
  }

  /**
   * A worker has gone.
   *
   * @param isGathering as above
   */
  void leave(WorkerId worker, boolean isGathering) {
    listener.left(worker, roster.connected().size());
    if (isGathering && !roster.knowsData()) {
      data.forget();
    }
  }
}
