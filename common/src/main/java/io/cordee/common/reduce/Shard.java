package io.cordee.common.reduce;

import java.util.Locale;

/**
 * One of the server processes that share a parameter vector: each owns a contiguous run of chunks.
 *
 * @param number from 0; shard 0 leads: it keeps membership and leases
 */
public record Shard(int number, int count) {

  public static final Shard WHOLE = new Shard(0, 1);

  public Shard {
    if (count < 1 || number < 0 || number >= count) {
      throw new IllegalArgumentException(
          "a shard is one of 0/S to (S-1)/S; found " + number + "/" + count);
    }
  }

  public boolean leads() {
    return number == 0;
  }

  public int firstChunk(Chunks all) {
    return (int) ((long) all.count() * number / count);
  }

  /** Behind the last of its chunks. */
  public int endChunk(Chunks all) {
    return (int) ((long) all.count() * (number + 1) / count);
  }

  /** Its own chunks as a vector of their own, numbered from 0. */
  public Chunks own(Chunks all) {
    int first = firstChunk(all);
    int end = endChunk(all);
    if (first == end) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%,d parameters make %d %s of %,d; there can be no more shards than chunks, found %d",
              all.parameters(),
              all.count(),
              all.count() == 1 ? "chunk" : "chunks",
              all.length(),
              count));
    }
    return new Chunks(all.to(end - 1) - all.from(first), all.length(), all.width());
  }

  @Override
  public String toString() {
    return number + "/" + count;
  }
}
