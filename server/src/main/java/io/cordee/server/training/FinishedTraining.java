package io.cordee.server.training;

import io.cordee.common.job.Tally;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** A job that a server before this one has brought to its end: whoever comes is told so. */
public final class FinishedTraining implements Training {

  private final Outcome outcome;
  private final Team team;
  private final Set<WorkerId> members = new HashSet<>();

  public FinishedTraining(Outcome outcome, Team team) {
    this.outcome = outcome;
    this.team = team;
  }

  @Override
  public synchronized boolean isOver() {
    return members.isEmpty();
  }

  @Override
  public Optional<Outcome> outcome() {
    return Optional.of(outcome);
  }

  @Override
  public synchronized void joined(WorkerId worker, int threads) {
    members.add(worker);
    team.welcome(worker);
    team.finished(worker, outcome);
  }

  @Override
  public synchronized void left(WorkerId worker) {
    members.remove(worker);
  }

  // What a worker says before it has heard the outcome changes nothing.

  @Override
  public void foundData(WorkerId worker, DataFound found) {}

  @Override
  public void prepared(WorkerId worker, int plan) {}

  @Override
  public void subscribed(WorkerId worker) {}

  @Override
  public void contributed(WorkerId worker, Contribution contribution) {}

  @Override
  public void evaluated(WorkerId worker, int version, int slice, Tally tally) {}

  @Override
  public void differs(WorkerId worker, int version, int chunk) {}

  @Override
  public void failed(WorkerId worker, String message) {}

  @Override
  public void interrupt(String why) {}

  @Override
  public void broken(Throwable cause) {}
}
