package io.cordee.server.training;

import io.cordee.common.job.Best;
import io.cordee.common.job.data.Columns;
import io.cordee.server.team.WorkerId;
import java.util.List;
import java.util.Optional;

/**
 * Notified of a job's progress: one call at a time, by any thread. The training waits meanwhile:
 * see {@code Listeners} for listeners that may block.
 */
public interface TrainingListener {

  /** The listener to what happens within rounds; the same one on every call. */
  default RoundListener withinRounds() {
    return RoundListener.NONE;
  }

  /** A worker has joined; {@code connected} of them are connected now. */
  default void joined(WorkerId worker, int connected) {}

  /** A worker has left before the job was over, or was disconnected; {@code connected} remain. */
  default void left(WorkerId worker, int connected, String why) {}

  /** All that take part find data with these columns. */
  default void dataFound(Columns columns) {}

  /** The job resumes from this version, which an earlier process has reached. */
  default void resumed(int version) {}

  /**
   * The first round starts.
   *
   * @param rounds after how many the job ends at the latest
   */
  default void started(int workers, int rounds) {}

  /** There is nobody to compute the round that is under way. */
  default void waiting(String reason) {}

  /** A warning for people; the job continues. */
  default void warned(String warning) {}

  /**
   * Weights were evaluated that are the best so far; told before the row of their round.
   *
   * @param weights the vector in parts, one after the other; not to be written
   */
  default void improved(Best best, List<float[]> weights) {}

  /** Returns true if it wants the weights of this version, which the round there waits for. */
  default boolean takesWeights(int version) {
    return false;
  }

  /**
   * The weights that it wanted; told before the row of their round.
   *
   * @param weights the vector in parts, as the best are
   */
  default void weights(int version, List<float[]> weights) {}

  /** The next row of the metrics. */
  default void measured(Measurement measurement) {}

  /**
   * A checkpoint of this version is on the disk, and older ones are about to be deleted. Told by
   * the thread that writes them, which may be kept waiting.
   */
  default void kept(int version) {}

  /**
   * The job is over; the workers are told afterwards.
   *
   * @param version of the weights
   * @param weights the last good ones, in parts as the best are; empty if a part of them is lost
   * @return how the job ended, if keeping the weights did not work out: a failure
   */
  default Outcome ended(
      Outcome outcome, int version, String digest, Optional<List<float[]>> weights) {
    return outcome;
  }
}
