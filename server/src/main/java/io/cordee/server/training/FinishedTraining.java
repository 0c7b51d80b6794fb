package io.cordee.server.training;

import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A job that an earlier server has finished: all peers are told so. What a worker sends before it
 * hears the outcome is ignored.
 */
public final class FinishedTraining implements Training, TrainingEvents {

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
  public synchronized void tell(Consumer<? super TrainingEvents> event) {
    event.accept(this);
  }

  @Override
  public void contributed(WorkerId worker, List<Contribution> ofChunks) {}

  @Override
  public void joined(WorkerId worker, int threads) {
    members.add(worker);
    team.welcome(worker);
    team.finished(worker, outcome);
  }

  @Override
  public void left(WorkerId worker, String why) {
    members.remove(worker);
  }

  @Override
  public void interrupt(String why) {}

  @Override
  public void broken(Throwable cause) {}
}
