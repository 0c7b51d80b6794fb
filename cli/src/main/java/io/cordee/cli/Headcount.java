package io.cordee.cli;

import io.cordee.server.team.WorkerId;
import io.cordee.server.training.TrainingListener;

/** Counts how many workers a job has had at a time. */
final class Headcount implements TrainingListener {

  private volatile int most;

  @Override
  public void joined(WorkerId worker, int connected) {
    most = Math.max(most, connected);
  }

  /** The most there were; 0 if none came. */
  int most() {
    return most;
  }
}
