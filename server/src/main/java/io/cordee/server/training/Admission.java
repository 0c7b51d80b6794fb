package io.cordee.server.training;

import io.cordee.common.job.StopConditions.Reason;
import io.cordee.common.job.Tally;
import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import java.util.List;
import java.util.Optional;

/**
 * A mode of training: decides what is done with a contribution, what a worker may compute next, and
 * when a step is applied.
 *
 * <p>It is given each message of contributions twice, in either order: to {@link #admit}, as an
 * event of the coordinator, and to {@link #reduce}, on the thread that brought the message. {@link
 * SynchronousRounds} notes in {@code admit} who has contributed, and adds the sums in {@code
 * reduce}; {@link BoundedStaleness} steps by them in {@code admit}.
 *
 * <p>The {@link Coordinator} calls the methods within events, unless one says that any thread may
 * call it.
 */
interface Admission {

  /** The number of rounds that are over. */
  int version();

  /**
   * Adds the contributions of a message, which have been {@linkplain Coordinator#check checked},
   * where that need not wait for {@link #admit}. Any thread may call, once the event is posted.
   *
   * @param ofChunks they differ in chunk and sums alone
   */
  void reduce(WorkerId worker, List<Contribution> ofChunks);

  /**
   * Admits the contributions of a message, from a worker that takes part.
   *
   * @return why the job cannot go on with them, if it cannot
   */
  Optional<String> admit(WorkerId worker, List<Contribution> ofChunks);

  /** Drops the contributions of a message that nobody needs any more. */
  void refuse(WorkerId worker, List<Contribution> ofChunks);

  /**
   * Takes what a worker has measured on a slice of the evaluated rows.
   *
   * @return whether it may proceed
   */
  boolean measured(WorkerId worker, int version, int slice, Tally tally);

  /** Begins to train, with the active plan. */
  void begin();

  /**
   * Proceeds as far as possible.
   *
   * @return why nothing more is applied, once that is so: the weights at the {@link #version} are
   *     the job's result
   */
  Optional<Reason> proceed();

  /** Shares out what is to be done, as the team has changed; proceeds afterwards. */
  void regrouped();

  /** One more worker is prepared; proceeds afterwards. */
  void prepared();

  /** Looks for work that is late. */
  void tick();

  /** Says what a worker is to do now. */
  Member.Expected expected(WorkerId worker);

  /** Expects nothing of the worker any more, or until it is back. */
  void release(WorkerId worker);

  /** Applies nothing more: the shards stand at the {@link #version}. */
  void end();
}
