package io.cordee.bench.scale;

import io.cordee.common.job.WeightFormat;

/** What a round moves. */
public record Round(int parameters, WeightFormat weights) {

  /** Parameters of a chunk at most. */
  static final int CHUNK = 65_536;

  private static final double SIGN_BYTES = 0.25;

  boolean isSigns() {
    return weights == WeightFormat.SIGNS;
  }

  /** Chunks per shard, which are processed one after another. */
  int chunks(int shards) {
    return (int) Math.ceil((double) parameters / shards / CHUNK);
  }

  /** Parameters of each chunk: shards share evenly, and cut what they have evenly. */
  double chunk(int shards) {
    return (double) parameters / shards / chunks(shards);
  }

  double upBytes(int shards) {
    return chunk(shards) * Float.BYTES;
  }

  double downBytes(int shards) {
    return chunk(shards) * (isSigns() ? SIGN_BYTES : Float.BYTES);
  }
}
