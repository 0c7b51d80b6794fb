package io.cordee.server.training;

import io.cordee.common.kernel.Digest;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Shard;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/** How far the shards are, and what the coordinator has of their chunks. */
final class ShardBook {

  private static final int NOT_THERE = -1;

  private final Chunks chunks;
  private final int[] versions;
  private final long[] checksums;
  private final double[] squares;
  private final BitSet squared = new BitSet();

  /** Of the current round. */
  private int version;

  private float[] weights = new float[0];
  private final BitSet collected = new BitSet();

  /**
   * @param chunks of the whole vector
   */
  ShardBook(Chunks chunks, int shards) {
    this.chunks = chunks;
    this.versions = new int[shards];
    this.checksums = new long[chunks.count()];
    this.squares = new double[chunks.count()];
    Arrays.fill(versions, NOT_THERE);
  }

  boolean hasOthers() {
    return versions.length > 1;
  }

  private Shard shard(int number) {
    return new Shard(number, versions.length);
  }

  /**
   * Every chunk of the shard stands at this version.
   *
   * @param isGathering whether shards are to stand where the job begins
   * @throws IllegalArgumentException if it is not the one that is next, or the first
   */
  void stepped(int shard, int atVersion, long[] ofChunks, boolean isGathering) {
    if (isGathering || versions[shard] == NOT_THERE) {
      requireCurrent(atVersion, "chunks");
    } else if (atVersion != versions[shard] + 1) {
      throw new IllegalArgumentException(
          String.format(
              "shard %s steps to version %d next; found version %d",
              shard(shard), versions[shard] + 1, atVersion));
    }
    if (ofChunks.length > 0) {
      require(shard, ofChunks.length);
    }
    versions[shard] = atVersion;
    put(shard, ofChunks);
  }

  void put(int shard, long[] ofChunks) {
    System.arraycopy(ofChunks, 0, checksums, shard(shard).firstChunk(chunks), ofChunks.length);
  }

  void lost(int shard) {
    versions[shard] = NOT_THERE;
  }

  boolean areOthersThere() {
    return missing().isEmpty();
  }

  List<Integer> missing() {
    return IntStream.range(1, versions.length)
        .filter(shard -> versions[shard] == NOT_THERE)
        .boxed()
        .toList();
  }

  boolean areAllAt(int wanted) {
    return versions[0] == wanted && areOthersAt(wanted);
  }

  /** Whether every shard but shard 0 stands at this version. */
  boolean areOthersAt(int wanted) {
    for (int shard = 1; shard < versions.length; shard++) {
      if (versions[shard] != wanted) {
        return false;
      }
    }
    return true;
  }

  /** What shards have sent of the mean gradient's squares. */
  void squares(int shard, int atVersion, double[] ofChunks) {
    requireCurrent(atVersion, "sums of squares");
    require(shard, ofChunks.length);
    System.arraycopy(ofChunks, 0, squares, shard(shard).firstChunk(chunks), ofChunks.length);
    squared.set(shard);
  }

  boolean areAllSquared() {
    return squared.cardinality() == versions.length;
  }

  /** In chunk order. */
  double[] squares() {
    return squares.clone();
  }

  void beginRound(int atVersion) {
    version = atVersion;
    squared.clear();
  }

  /** The digest of the whole vector, from the checksums of all chunks. */
  String digest(int atVersion) {
    return Digest.ofVector(atVersion, checksums);
  }

  /**
   * @throws IllegalArgumentException if there is no such chunk or it has another length
   */
  void collect(int atVersion, int chunk, float[] values, long checksum) {
    requireCurrent(atVersion, "weights");
    if (chunk < 0 || chunk >= chunks.count() || values.length != chunks.size(chunk)) {
      throw new IllegalArgumentException(
          "chunk " + chunk + " of " + values.length + " parameters is not part of this job");
    }
    whole();
    System.arraycopy(values, 0, weights, chunks.from(chunk), values.length);
    checksums[chunk] = checksum;
    collected.set(chunk);
  }

  boolean areOthersCollected() {
    return collected.cardinality() == chunks.count() - shard(0).endChunk(chunks);
  }

  /** They may be collected again. */
  void forgetCollected() {
    collected.clear();
  }

  /** The whole vector, beginning with these weights, which are this shard's own. */
  float[] whole(float[] own) {
    if (!hasOthers()) {
      return own;
    }
    System.arraycopy(own, 0, whole(), 0, own.length);
    return weights;
  }

  private float[] whole() {
    if (weights.length == 0) {
      weights = new float[chunks.parameters()];
    }
    return weights;
  }

  void requireCurrent(int found, String what) {
    if (found != version) {
      throw new IllegalArgumentException(
          "expected " + what + " at version " + version + "; found version " + found);
    }
  }

  private void require(int shard, int found) {
    int expected = shard(shard).endChunk(chunks) - shard(shard).firstChunk(chunks);
    if (found != expected) {
      throw new IllegalArgumentException(
          "shard " + shard + " has " + expected + " chunks; found " + found);
    }
  }
}
