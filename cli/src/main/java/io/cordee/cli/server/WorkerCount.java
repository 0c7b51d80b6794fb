package io.cordee.cli.server;

import io.cordee.experiment.run.RunNote;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.TrainingListener;

/** Counts how many workers the job of a server has had at a time. */
final class WorkerCount implements TrainingListener {

  /** 0 if none came. */
  private volatile int most;

  @Override
  public void joined(WorkerId worker, int connected) {
    most = Math.max(most, connected);
  }

  /** Who has trained the job; {@code awaited} is how many workers the first round waits for. */
  RunNote.Team team(int awaited, int shards) {
    return new RunNote.Team(most == 0 ? awaited : most, RunNote.Team.UNKNOWN, shards, "cluster");
  }
}
