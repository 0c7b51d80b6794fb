package io.cordee.server.training;

import io.cordee.server.round.RoundBoard;
import io.cordee.server.team.Plan;
import io.cordee.server.team.WorkerId;
import java.util.List;
import java.util.Map;

/**
 * Told what happens within rounds, and where the time goes. Called by several threads at once, on
 * the training's critical path: implementations return at once and never throw.
 *
 * <p>Times are those of the training's clock, in nanoseconds.
 */
public interface RoundListener {

  RoundListener NONE = new RoundListener() {};

  /** What has arrived is a slice of the test rows, not a node of the reduction tree. */
  int EVALUATION = 0;

  /** The partitions are shared out; it holds from the round on that finds all in it prepared. */
  default void planned(Plan plan) {}

  /** The round at this version begins: leases are about to be sent. */
  default void roundBegan(int version, long now) {}

  /**
   * A message of what a worker was asked for is here.
   *
   * @param part the node whose sum it brings chunks of, or {@link #EVALUATION}
   */
  default void arrived(WorkerId worker, int version, int part, long now) {}

  /** A contribution has been added to what was there, which took so long. */
  default void reduced(long nanos) {}

  /** A contribution was not needed: what it covers is there already, or the round is over. */
  default void dropped(WorkerId worker) {}

  /** Chunks are about to be stepped; nobody else touches their range of the state. */
  default void stepping(RoundBoard board, List<Integer> chunks) {}

  /** They have been, which took so long; their range still stands. */
  default void stepped(RoundBoard board, List<Integer> chunks, long nanos) {}

  /** Every chunk has moved on from this version. Told before what was measured there. */
  default void roundEnded(int version, long now) {}

  /** Partitions that others have not done, or will not, are leased to these. */
  default void moved(int version, Map<WorkerId, Integer> partitions) {}

  /** Nothing is expected of the worker until it is back: it is silent or stuck. */
  default void leftOut(WorkerId worker, boolean isSilent) {}

  /** A worker that was left out takes part again. */
  default void isBack(WorkerId worker) {}

  /** A worker's replica of a chunk was wrong; the worker is sent the state. */
  default void healed(WorkerId worker) {}

  /** All chunks of a shard stand at this version. */
  default void shardStands(int shard, int version, long now) {}

  /** The connection to a shard has ended. */
  default void shardLost(int shard) {}
}
