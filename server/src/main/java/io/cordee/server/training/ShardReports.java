package io.cordee.server.training;

import io.cordee.common.job.Tally;
import io.cordee.server.round.CollectedChunk;
import java.util.List;

/** Takes a shard's reports to the coordinator. */
public interface ShardReports {

  /**
   * Reports that the first chunk of the round is reduced, so that the loss at its version is known.
   *
   * @param tally of all rows; the same on every shard, so only that of the coordinator's own counts
   */
  void measured(Tally tally);

  /** Reports the sum of the squares of the mean gradient, for each of the shard's chunks. */
  void squares(int version, double[] ofChunks);

  /**
   * Reports that every chunk stands at this version; the first time, that the shard takes part.
   *
   * @param checksums of each chunk where a digest is due, otherwise none
   */
  void stepped(int version, long[] checksums);

  /**
   * Reports the weights of neighbouring chunks, as they were asked for.
   *
   * @param firstChunk numbered over the whole vector
   */
  void weights(int version, int firstChunk, List<CollectedChunk> chunks);

  /** Reports that the shard cannot continue, and so neither can the job. */
  void failed(String message);
}
