package io.cordee.server.training;

import io.cordee.common.job.Tally;

/** What a shard reports to the coordinator. */
public interface Lead {

  /**
   * The first chunk of the round is reduced, so that the loss at this version is known.
   *
   * @param tally of all rows; the same on every shard, so the coordinator hears it from its own
   */
  default void measured(int version, Tally tally) {}

  /** The sum of the squares of the mean gradient, for each of this shard's chunks. */
  void squares(int version, double[] ofChunks);

  /**
   * Every chunk stands at this version.
   *
   * @param checksums of each chunk where a digest is due, otherwise none
   */
  void stepped(int version, long[] checksums);

  /**
   * The weights of a chunk.
   *
   * @param chunk numbered over the whole vector
   * @param values of which [from, from + count) are meant
   */
  void weights(int version, int chunk, float[] values, int from, int count, long checksum);

  void failed(String message);
}
