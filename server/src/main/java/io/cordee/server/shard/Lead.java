package io.cordee.server.shard;

/** What a shard says to shard 0. */
public interface Lead {

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

  /** This shard cannot go on. */
  void failed(String message);
}
