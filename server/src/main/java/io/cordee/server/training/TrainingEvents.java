package io.cordee.server.training;

import io.cordee.common.job.Tally;
import io.cordee.server.team.WorkerId;

/** What a training is told by its workers and by the server around it. */
public interface TrainingEvents {

  /** A worker has said hello. */
  void joined(WorkerId worker, int threads);

  /** The worker's connection has ended, for this reason. */
  void left(WorkerId worker, String why);

  /** Nobody else will come than the workers that are waited for. */
  default void expectNoOthers() {}

  /** A worker says that it is there. */
  default void heard(WorkerId worker) {}

  default void foundData(WorkerId worker, Training.DataFound found) {}

  /** The rows of a plan are in the worker's memory. */
  default void prepared(WorkerId worker, int plan) {}

  /** Shard 0 admits a worker to this shard, in rounds of {@code rows} training rows. */
  default void permitted(WorkerId worker, long rows) {}

  default void evaluated(WorkerId worker, int version, int slice, Tally tally) {}

  /** What a worker has made of a chunk by replaying is not what it is here. */
  default void differs(WorkerId worker, int version, int chunk) {}

  /** The worker cannot go on; others may. */
  default void failed(WorkerId worker, String message) {}

  /** A worker has come to what no other would get past: the job cannot go on. */
  default void failedForAll(WorkerId worker, String message) {}

  /**
   * Time has passed: to be called some ten times a second. Looks for what has not come in time. The
   * clock is the one that the training was given.
   */
  default void tick() {}

  /** Ends the job before its time; the weights of the last finished round are kept. */
  void interrupt(String why);

  /** Something that must not happen did, such as a disk that is full. */
  void broken(Throwable cause);
}
