package io.cordee.server.training;

import io.cordee.server.round.Contribution;
import io.cordee.server.team.WorkerId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A job from its first worker to its end. A state machine: it handles what the workers say, and
 * calls the {@link Team}. Any thread may call; it has no thread, clock or socket of its own.
 */
public interface Training {

  /** Returns whether the job is over and everybody has left. */
  boolean isOver();

  /** How the job ended, once it has. */
  Optional<Outcome> outcome();

  /** Handles an event, after those posted before it. */
  void tell(Consumer<? super TrainingEvents> event);

  /**
   * Takes the contributions of a message: the sum of one node, for one or more chunks. The heavy
   * work, reducing and stepping the chunks, is done by the calling thread, in parallel with others.
   *
   * @param ofChunks they differ in chunk and sums alone
   */
  void contributed(WorkerId worker, List<Contribution> ofChunks);

  default void contributed(WorkerId worker, Contribution contribution) {
    contributed(worker, List.of(contribution));
  }
}
