package io.cordee.server.training;

import io.cordee.server.team.WorkerId;
import java.util.List;
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
