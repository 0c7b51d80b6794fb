package io.cordee.server.training;

import io.cordee.common.job.Tally;
import io.cordee.server.round.CollectedChunk;
import java.util.List;
import java.util.function.Consumer;

/** What the coordinator hears of a shard. */
public sealed interface ShardReport {

  /**
   * The first chunk of the round is reduced, so that the loss at its version is known.
   *
   * @param tally of all rows; the same on every shard, so only the coordinator's own reports it
   */
  record Measured(Tally tally) implements ShardReport {}

  /** The sum of the squares of the mean gradient, for each of the shard's chunks. */
  record Squares(int version, double[] ofChunks) implements ShardReport {}

  /**
   * Every chunk stands at this version; the first one says that the shard takes part.
   *
   * @param checksums of each chunk where a digest is due, otherwise none
   */
  record Stepped(int version, long[] checksums) implements ShardReport {}

  /**
   * The weights of neighbouring chunks, as they were asked for.
   *
   * @param firstChunk numbered over the whole vector
   */
  record Weights(int version, int firstChunk, List<CollectedChunk> chunks) implements ShardReport {}

  /** The shard cannot continue, and so neither can the job. */
  record Failed(String message) implements ShardReport {}

  /** The shard no longer has what the job begins with. */
  record Lacks() implements ShardReport {}

  /** The connection to the shard has ended. */
  record Lost() implements ShardReport {}

  /** Who hears them. */
  @FunctionalInterface
  interface Listener {
    /** {@code refuse} is told why if the shard cannot have meant it. */
    void heard(int shard, ShardReport report, Consumer<String> refuse);
  }
}
