package io.cordee.cli;

import io.cordee.common.job.Job;
import io.cordee.server.ParameterServer;
import io.cordee.server.grpc.Gate;
import io.cordee.server.observe.Listeners;
import io.cordee.server.observe.Traffic;
import io.cordee.server.run.RunFolder;
import io.cordee.server.training.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The only server of a job, or shard 0 of several, until the job is over: where a shard is lost, it
 * goes on from what all have kept.
 *
 * @param workers that the first round waits for
 */
record LeadServing(Job job, int shards, int workers, Duration linger, Gate gate) {

  /**
   * Serves the job.
   *
   * @param isResumed whether the folder holds the beginning of the job
   */
  Outcome run(
      RunFolder folder, boolean isResumed, Serving serving, Traffic traffic, Listeners listener)
      throws InterruptedException {
    boolean goesOn = isResumed;
    int first = workers;
    for (; ; ) {
      int needed = first;
      LeadStart start = new LeadStart(job, folder.checkpoints(), shards, gate);
      OptionalInt version =
          goesOn
              ? OptionalInt.of(start.agree(folder.latestResume(), serving, listener))
              : OptionalInt.empty();
      var checkpoints =
          new ParameterServer.CheckpointsAt(folder.checkpoints(), version, folder.columns());
      Outcome outcome =
          serving.run(
              at ->
                  ParameterServer.start(
                      job,
                      new ParameterServer.Options(
                          at, needed, linger, shards, Optional.of(checkpoints), traffic),
                      gate,
                      listener));
      if (!(outcome instanceof Outcome.Suspended)) {
        return outcome;
      }
      listener.drain(); // the rows so far say where the run can go on
      listener.waiting(outcome.message() + "; the job goes on when it is back");
      goesOn = true;
      // Some of those that were there at first may be gone for good.
      first = 1;
    }
  }

  /** Serves it where it was completed before: workers and shards that come back are told so. */
  void runCompleted(Outcome.Completed completed, Serving serving) throws InterruptedException {
    try {
      serving.run(at -> ParameterServer.finished(job, shards, completed, at, gate, linger));
    } catch (CommandException e) {
      // Another server listens there: nobody can be told, and that is all there was to do.
      return;
    }
  }
}
