package io.cordee.server.training;

import io.cordee.proto.message.WorkerSays;
import io.cordee.server.team.WorkerId;

/** The events of a training, from its workers and the server around it. */
public interface TrainingEvents {

  /** Milliseconds between two ticks. */
  int TICK = 50;

  /** A worker has said hello. */
  void joined(WorkerId worker, int threads);

  /** The worker's connection has ended, for this reason. */
  void left(WorkerId worker, String why);

  /** No workers will join other than those that are waited for. */
  default void expectNoOthers() {}

  /**
   * A worker has said this.
   *
   * @param said what is for the training: data found with their checksums, and no hello, goodbye or
   *     permit; chunks are numbered from the first of this shard
   */
  default void heard(WorkerId worker, WorkerSays said) {}

  /** Shard 0 admits a worker to this shard, in rounds of {@code rows} training rows. */
  default void permitted(WorkerId worker, long rows) {}

  /**
   * Time has passed: to be called every {@value #TICK} ms. Looks for what has not come in time. The
   * clock is the one that the training was given.
   */
  default void tick() {}

  /** Ends the job before its time; the weights of the last finished round are kept. */
  void interrupt(String why);

  /** An unexpected error, such as a full disk. */
  void broken(Throwable cause);
}
