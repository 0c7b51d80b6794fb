package io.cordee.server.training;

import io.cordee.common.job.Tally;
import io.cordee.server.team.WorkerId;
import java.util.OptionalInt;

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

  /** A worker has found these data; it can compute their gradients. */
  default void found(WorkerId worker, DataFound found) {}

  /** A worker has the rows of a plan in memory. */
  default void prepared(WorkerId worker, int plan) {}

  /** A worker has measured a slice of the evaluated rows at a version. */
  default void evaluated(WorkerId worker, int version, int slice, Tally tally) {}

  /** A worker is alive. */
  default void alive(WorkerId worker) {}

  /** A worker cannot continue; nor could any other, if {@code isForAll}. */
  default void failed(WorkerId worker, String message, boolean isForAll) {}

  /**
   * A worker holds other rows of the model's table than before, of the parameters at a version or
   * of all from now on. It is to be sent their chunks again.
   */
  default void holds(WorkerId worker, OptionalInt version) {}

  /**
   * A worker's replica of a chunk is not the server's state.
   *
   * @param chunk numbered from the first of this shard
   */
  default void differs(WorkerId worker, int version, int chunk) {}

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
