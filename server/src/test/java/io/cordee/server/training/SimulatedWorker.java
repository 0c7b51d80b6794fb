package io.cordee.server.training;

import io.cordee.server.round.ShownChunk;
import io.cordee.server.round.SignStep;
import io.cordee.server.round.Vector;
import java.util.BitSet;

/**
 * A worker of a {@link SimulatedCluster}, from its welcome on: each call is a message that arrives.
 * It answers by its {@link SimulatedLink}. Chunks are numbered over the whole vector.
 */
public interface SimulatedWorker {

  void welcome();

  void prepare(int plan, BitSet partitions);

  /** {@code values} must be read before this returns. */
  void chunk(Vector vector, int version, int chunk, float[] values);

  /** {@code after} is the state of the chunk after the step. */
  void signs(int chunk, SignStep step, ShownChunk after);

  /** {@code state} must be read before this returns. */
  void state(int chunk, ShownChunk state);

  void lease(int version, BitSet partitions);

  /** Give up some of what is not begun. */
  void evaluate(int version, BitSet slices);

  void finished(Outcome outcome);

  default void left() {}
}
