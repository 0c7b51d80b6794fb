package io.cordee.common.reduce;

/**
 * A part of a parameter vector that a worker holds: what precedes a table, and some of its rows.
 */
public final class RowHolding implements Holding {

  /** Most chunks of which little is held that share a message. */
  private static final int MOST_SHARING = 64;

  /** Makes, anew each time, the part that is held of a stretch of the vector. */
  private interface Part {
    Subvector within(int from, int length);
  }

  private final int number;
  private final Chunks chunks;
  private final Part part;

  /** The index that each chunk's values begin at, and behind them the number of all. */
  private final int[] starts;

  private final int perMessage;

  private RowHolding(int number, Chunks chunks, Part part) {
    this.number = number;
    this.chunks = chunks;
    this.part = part;
    this.starts = new int[chunks.count() + 1];
    int largest = 1;
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      int size = part(chunk).values();
      starts[chunk + 1] = starts[chunk] + size;
      largest = Math.max(largest, size);
    }
    int most = chunks.perMessage() * chunks.length() / largest;
    perMessage = Math.max(chunks.perMessage(), Math.min(MOST_SHARING, most));
  }

  /**
   * @param number from 1, rising as the worker comes to hold more
   */
  public static RowHolding of(int number, Chunks chunks, Subvector part) {
    return new RowHolding(number, chunks, part::within);
  }

  /** The same of rows of a table. */
  public static RowHolding of(int number, Chunks chunks, Table table, RowSet rows) {
    return new RowHolding(
        number,
        chunks,
        (from, length) -> {
          Table there = table.from(from);
          int first = Math.max(0, there.rowOf(0));
          int[] within = rows.within(first, there.rowOf(length - 1) + 1);
          return Subvector.of(there, length, within);
        });
  }

  /** Returns the part that is held of the whole vector. */
  public Subvector part() {
    return part.within(0, chunks.parameters());
  }

  /** Returns the part that is held of a chunk. */
  public Subvector part(int chunk) {
    return part.within(chunks.from(chunk), chunks.size(chunk));
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public Chunks chunks() {
    return chunks;
  }

  @Override
  public int from(int chunk) {
    return starts[chunk];
  }

  @Override
  public int to(int chunk) {
    return starts[chunk + 1];
  }

  @Override
  public int perMessage() {
    return perMessage;
  }

  @Override
  public int values() {
    return starts[chunks.count()];
  }
}
