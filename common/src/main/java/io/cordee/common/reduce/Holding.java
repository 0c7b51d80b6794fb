package io.cordee.common.reduce;

import java.util.Optional;

/**
 * What one worker holds of a parameter vector, or of a shard's part of it, chunk by chunk: only
 * this much of a chunk goes to it and comes from it.
 */
public final class Holding {

  /** Most chunks of which little is held that share a message. */
  private static final int MOST_SHARING = 64;

  /** Returns the elements that are held of a stretch of the vector, made anew each time. */
  private interface Part {
    Subvector within(int from, int length);
  }

  private final int number;
  private final Chunks chunks;

  /** Empty if it has everything. */
  private final Optional<Part> part;

  /** Where each chunk's values begin, and behind them the number of all. */
  private final int[] starts;

  private final int perMessage;

  private Holding(int number, Chunks chunks, Optional<Part> part) {
    this.number = number;
    this.chunks = chunks;
    this.part = part;
    this.starts = new int[chunks.count() + 1];
    int largest = part.isPresent() ? 0 : chunks.length();
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      int size = part(chunk).map(Subvector::values).orElse(chunks.size(chunk));
      starts[chunk + 1] = starts[chunk] + size;
      largest = Math.max(largest, size);
    }
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
    return new Holding(number, chunks, Optional.of(part::within));
  }

  /** The same of rows of a table. */
  public static Holding of(int number, Chunks chunks, Table table, RowSet rows) {
    return new Holding(
        number,
        chunks,
        Optional.of(
            (from, length) -> {
              Table there = table.from(from);
              int first = Math.max(0, there.rowOf(0));
              int[] within = rows.within(first, there.rowOf(length - 1) + 1);
              return Subvector.of(there, length, within);
            }));
  }

  public int number() {
    return number;
  }

  public Chunks chunks() {
    return chunks;
  }

  public boolean isOfAll() {
    return part.isEmpty();
  }

  /** Empty if it is all of the vector. */
  public Optional<Subvector> part() {
    return part.map(held -> held.within(0, chunks.parameters()));
  }

  /** What it has of a chunk; empty if that is all. */
  public Optional<Subvector> part(int chunk) {
    return part.map(held -> held.within(chunks.from(chunk), chunks.size(chunk)));
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
