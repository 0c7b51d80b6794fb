package io.cordee.common.reduce;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one worker holds of a parameter vector, or of a shard's part of it, chunk by chunk: only
 * this much of a chunk goes to it and comes from it.
 */
public final class Holding {

  /** Most chunks of which little is held that share a message. */
  private static final int MOST_SHARING = 64;

  private final int number;
  private final Chunks chunks;
  private final Optional<Subvector> part;

  /** What it has of each chunk; none if it has everything. */
  private final List<Subvector> parts = new ArrayList<>();

  /** Where each chunk's values begin, and behind them the number of all. */
  private final int[] starts;

  private final int perMessage;

  private Holding(int number, Chunks chunks, Optional<Subvector> part) {
    this.number = number;
    this.chunks = chunks;
    this.part = part;
    this.starts = new int[chunks.count() + 1];
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      int from = chunks.from(chunk);
      int size = chunks.size(chunk);
      part.ifPresent(held -> parts.add(held.within(from, size)));
      starts[chunk + 1] = starts[chunk] + (parts.isEmpty() ? size : parts.get(chunk).values());
    }
    int largest = parts.stream().mapToInt(Subvector::values).max().orElse(chunks.length());
    int most = chunks.perMessage() * chunks.length() / Math.max(1, largest);
    perMessage = Math.max(chunks.perMessage(), Math.min(MOST_SHARING, most));
  }

  /** Everything. */
  public static Holding all(Chunks chunks) {
    return new Holding(0, chunks, Optional.empty());
  }

  /**
   * @param number from 1, rising as the worker comes to hold more
   */
  public static Holding of(int number, Chunks chunks, Subvector part) {
    return new Holding(number, chunks, Optional.of(part));
  }

  public int number() {
    return number;
  }

  public Chunks chunks() {
    return chunks;
  }

  /** Empty if it is all of the vector. */
  public Optional<Subvector> part() {
    return part;
  }

  /** What it has of a chunk; empty if that is all. */
  public Optional<Subvector> part(int chunk) {
    return parts.isEmpty() ? Optional.empty() : Optional.of(parts.get(chunk));
  }

  /** What is held of a chunk's values; the array itself if that is all. */
  public float[] taken(int chunk, float[] values) {
    if (parts.isEmpty()) {
      return values;
    }
    return parts.get(chunk).taken(values);
  }

  /** Where a chunk's values begin among all that are held. */
  public int from(int chunk) {
    return starts[chunk];
  }

  public int to(int chunk) {
    return starts[chunk + 1];
  }

  public int size(int chunk) {
    return to(chunk) - from(chunk);
  }

  /** How many neighbouring chunks share a message at most. */
  public int perMessage() {
    return perMessage;
  }

  public int values() {
    return starts[chunks.count()];
  }
}
