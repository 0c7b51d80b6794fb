package io.cordee.server.training;

import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A job from its first worker to its end. A state machine: it is told what the workers say, and
 * tells the {@link Team} what to do. Any thread may call; it has no thread, clock or socket of its
 * own.
 */
public interface Training {

  /** Whether the job is over and everybody has left. */
  boolean isOver();

  /** How the job ended, once it has. */
  Optional<Outcome> outcome();

  /** Tells it of an event, after those that it was told of before. */
  void tell(Consumer<? super TrainingEvents> event);

  /**
   * Takes what a message brings: the sum of one node, for one or more chunks. The heavy work,
   * adding it up and stepping the chunks, is done by the calling thread, beside others.
   *
   * @param ofChunks they differ in chunk and sums alone
   */
  void contributed(WorkerId worker, List<Contribution> ofChunks);

  /** Takes a single chunk of it. */
  default void contributed(WorkerId worker, Contribution contribution) {
    contributed(worker, List.of(contribution));
  }
}
