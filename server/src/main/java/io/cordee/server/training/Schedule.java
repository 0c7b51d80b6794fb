package io.cordee.server.training;

import io.cordee.server.team.WorkerId;
import io.cordee.server.training.Member.Expected;
import java.util.OptionalLong;

/** What workers are asked to compute. */
interface Schedule {

  /** What a worker is to do now. */
  Expected expected(WorkerId worker);

  /** How long others took for what they were asked for in this round, if that is known. */
  OptionalLong usual();

  /** Nothing is to be expected of the worker any more, or until it is back. */
  void release(WorkerId worker);

  /** Training is under way and the team has changed. */
  void regrouped();
}
