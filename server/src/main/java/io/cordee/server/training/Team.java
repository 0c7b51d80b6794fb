package io.cordee.server.training;

import io.cordee.server.team.WorkerId;
import java.util.BitSet;

/**
 * What the training says to its workers. Messages to one worker arrive in the order of the calls.
 *
 * <p>Calls return at once; nothing is read from the chunks before the message is written.
 */
public interface Team {

  /** What a chunk is sent as. */
  enum Kind {
    /** Where gradients are taken. */
    EVALUATION_POINT,
    /** The weights, where they differ from the evaluation point. */
    WEIGHTS
  }

  void welcome(WorkerId worker);

  void prepare(WorkerId worker, int plan, BitSet partitions);

  void chunk(WorkerId worker, int version, Kind kind, int chunk);

  void lease(WorkerId worker, int version, BitSet partitions);

  void evaluate(WorkerId worker, int version, BitSet slices);

  /** The job is over; the worker is to say goodbye. */
  void finished(WorkerId worker, Outcome outcome);

  /** Ends one worker's connection: what it sent cannot be. */
  void expel(WorkerId worker, String reason);
}
