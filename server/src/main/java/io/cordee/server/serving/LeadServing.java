package io.cordee.server.serving;

import io.cordee.common.job.Job;
import io.cordee.server.assembly.CheckpointsAt;
import io.cordee.server.assembly.FinishedRole;
import io.cordee.server.assembly.LeadRole;
import io.cordee.server.grpc.Gate;
import io.cordee.server.observe.Listeners;
import io.cordee.server.observe.Traffic;
import io.cordee.server.run.RunFolder;
import io.cordee.server.training.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The only server of a job, or shard 0 of several, until the job is over: when a shard is lost, it
 * resumes from what all shards have kept.
 *
 * @param workers that the first round waits for
 * @param patience how long other shards are waited for when one was lost
 */
public record LeadServing(
    Job job, int shards, int workers, Duration linger, Duration patience, Gate gate) {

  /**
   * @param isResumed whether the folder holds the beginning of the job
   * @throws IOException if what is kept cannot be read
   * @throws StartException if it cannot be started, or the other shards do not come back
   */
  public Outcome run(
      RunFolder folder, boolean isResumed, Serving serving, Traffic traffic, Listeners listener)
      throws IOException, InterruptedException {
    boolean goesOn = isResumed;
    int first = workers;
    for (; ; ) {
      OptionalInt version = goesOn ? OptionalInt.of(folder.latestResume()) : OptionalInt.empty();
      var checkpoints =
          new CheckpointsAt(folder.checkpoints(), version, folder.found(), folder::best);
      var role =
          new LeadRole(job, shards, first, Optional.of(checkpoints), patience, traffic, listener);
      Outcome outcome = serving.run(gate, linger, role);
      if (!(outcome instanceof Outcome.Suspended)) {
        return outcome;
      }
      listener.drain(); // the rows so far say where the run can go on
      listener.waiting(outcome.message() + "; the job continues when it is back");
      goesOn = true;
      // Some of the first workers may be gone for good.
      first = 1;
    }
  }

  /** Serves a job that is complete already: workers and shards that come back are told so. */
  public void runCompleted(Outcome.Completed completed, Serving serving)
      throws InterruptedException {
    try {
      serving.run(gate, linger, new FinishedRole(job, shards, completed));
    } catch (StartException e) {
      // Another server listens there: nobody can be told, which is all that was left to do.
      return;
    }
  }
}
