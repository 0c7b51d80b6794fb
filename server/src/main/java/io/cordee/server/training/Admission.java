package io.cordee.server.training;

import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import java.util.List;
import java.util.Optional;

/**
 * Decides, while a job trains, what is done with a contribution, what a worker may compute next,
 * and when a step is applied.
 *
 * <p>Used by its {@link Coordinator}, within the events of the training, but where a method says
 * that any thread may call it.
 */
interface Admission {

  /**
   * Takes the contributions of a message, which have been {@linkplain Coordinator#check checked}.
   * Any thread may call.
   *
   * @param ofChunks they differ in chunk and sums alone
   */
  void contributed(WorkerId worker, List<Contribution> ofChunks);

  /** Begins to train, with the active plan. */
  void begin();

  /**
   * Proceeds as far as possible.
   *
   * @return why nothing more is applied, once that is so: the weights at the {@link #version} are
   *     the job's result
   */
  Optional<Reason> proceed();

  /** Takes what a worker has measured on a slice of the evaluated rows. */
  void measured(WorkerId worker, int version, int slice, Tally tally);

  /** Shares out what is to be done, as the team has changed. */
  void regrouped();

  /** Continues if it waited for a worker to be prepared; one more is. */
  void prepared();

  /** Looks for work that is late. */
  void tick();

  /** Says what a worker is to do now. */
  Member.Expected expected(WorkerId worker);

  /** Expects nothing of the worker any more, or until it is back. */
  void release(WorkerId worker);

  /** Counts the rounds that are over. */
  int version();

  /** Applies nothing more: the shards stand at the {@link #version}. */
  void end();
}
