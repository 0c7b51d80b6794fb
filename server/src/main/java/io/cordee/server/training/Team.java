package io.cordee.server.training;

import io.cordee.server.round.Vector;
import io.cordee.server.team.Work;
import io.cordee.server.team.WorkerId;
import java.util.BitSet;

/**
 * What the training says to its workers. Messages to one worker arrive in the order of the calls.
 *
 * <p>Calls return at once; nothing is read from the chunks before the message is written.
 */
public interface Team {

  void welcome(WorkerId worker);

  void prepare(WorkerId worker, int plan, BitSet partitions);

  void chunk(WorkerId worker, int version, Vector vector, int chunk);

  /** Sends the last step of a chunk as signs. */
  void signs(WorkerId worker, int chunk);

  /** Sends the whole state of a chunk, to a worker that follows by signs. */
  void state(WorkerId worker, int chunk);

  void lease(WorkerId worker, int version, BitSet partitions);

  /**
   * Admits a worker to the other shards, if any, before it is asked to compute: for the partitions
   * that it is leased, in a round of {@code rows} training rows.
   */
  default void permit(WorkerId worker, int version, BitSet partitions, long rows) {}

  void evaluate(WorkerId worker, int version, BitSet slices);

  default void ask(WorkerId worker, int version, Work work) {
    if (!work.slices().isEmpty()) {
      evaluate(worker, version, work.slices());
    }
    if (!work.partitions().isEmpty()) {
      lease(worker, version, work.partitions());
    }
  }

  /** Returns whether the worker is in the process of this shard. */
  default boolean isBeside(WorkerId worker) {
    return false;
  }

  /** The job is over; the worker is to say goodbye. */
  void finished(WorkerId worker, Outcome outcome);

  /** Ends one worker's connection: what it sent cannot be. */
  void expel(WorkerId worker, String reason);
}
