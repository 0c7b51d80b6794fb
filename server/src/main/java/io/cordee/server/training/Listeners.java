package io.cordee.server.training;

import io.cordee.server.round.RoundBoard;
import io.cordee.server.team.Plan;
import io.cordee.server.team.WorkerId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Several listeners, told in order. */
public final class Listeners implements TrainingListener {

  private final List<TrainingListener> listeners;

  public Listeners(List<TrainingListener> listeners) {
    this.listeners = List.copyOf(listeners);
  }

  @Override
  public void joined(WorkerId worker, int connected) {
    listeners.forEach(listener -> listener.joined(worker, connected));
  }

  @Override
  public void left(WorkerId worker, int connected) {
    listeners.forEach(listener -> listener.left(worker, connected));
  }

  @Override
  public void resumed(int version) {
    listeners.forEach(listener -> listener.resumed(version));
  }

  @Override
  public void started(int workers) {
    listeners.forEach(listener -> listener.started(workers));
  }

  @Override
  public void waiting(String reason) {
    listeners.forEach(listener -> listener.waiting(reason));
  }

  @Override
  public void warned(String warning) {
    listeners.forEach(listener -> listener.warned(warning));
  }

  @Override
  public void measured(Measurement measurement) {
    listeners.forEach(listener -> listener.measured(measurement));
  }

  @Override
  public void planned(Plan plan) {
    listeners.forEach(listener -> listener.planned(plan));
  }

  @Override
  public void roundBegan(int version, long now) {
    listeners.forEach(listener -> listener.roundBegan(version, now));
  }

  @Override
  public void arrived(WorkerId worker, int version, int part, long now) {
    listeners.forEach(listener -> listener.arrived(worker, version, part, now));
  }

  @Override
  public void reduced(long nanos) {
    listeners.forEach(listener -> listener.reduced(nanos));
  }

  @Override
  public void dropped(WorkerId worker) {
    listeners.forEach(listener -> listener.dropped(worker));
  }

  @Override
  public void stepping(RoundBoard board, List<Integer> chunks) {
    listeners.forEach(listener -> listener.stepping(board, chunks));
  }

  @Override
  public void stepped(RoundBoard board, List<Integer> chunks, long nanos) {
    listeners.forEach(listener -> listener.stepped(board, chunks, nanos));
  }

  @Override
  public void roundEnded(int version, long now) {
    listeners.forEach(listener -> listener.roundEnded(version, now));
  }

  @Override
  public void moved(int version, Map<WorkerId, Integer> partitions) {
    listeners.forEach(listener -> listener.moved(version, partitions));
  }

  @Override
  public void leftOut(WorkerId worker, boolean isSilent) {
    listeners.forEach(listener -> listener.leftOut(worker, isSilent));
  }

  @Override
  public void isBack(WorkerId worker) {
    listeners.forEach(listener -> listener.isBack(worker));
  }

  @Override
  public void healed(WorkerId worker) {
    listeners.forEach(listener -> listener.healed(worker));
  }

  @Override
  public void kept(int version) {
    listeners.forEach(listener -> listener.kept(version));
  }

  @Override
  public void shardStands(int shard, int version, long now) {
    listeners.forEach(listener -> listener.shardStands(shard, version, now));
  }

  @Override
  public void shardLost(int shard) {
    listeners.forEach(listener -> listener.shardLost(shard));
  }

  /** Each is told the outcome as the one before it left it. */
  @Override
  public Outcome ended(Outcome outcome, int version, String digest, Optional<float[]> weights) {
    Outcome last = outcome;
    for (TrainingListener listener : listeners) {
      last = listener.ended(last, version, digest, weights);
    }
    return last;
  }
}
