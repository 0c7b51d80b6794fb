package io.cordee.worker.data.rows;

import java.util.BitSet;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Reads the rows of a file, or of a part of it, and passes over the others. */
public abstract class FileCursor implements RowCursor {

  /** Takes the next rows of the file into memory, run by run. */
  protected interface Block {

    void read(int rows);

    /** Called after all rows have been read. */
    PartitionRows build();
  }

  private final Optional<BitSet> part;

  /** The next row of the file. */
  private long at;

  /** Rows before it that are yet to be skipped. */
  private long behind;

  /**
   * @param part the rows of the file to read; empty for all
   */
  protected FileCursor(Optional<BitSet> part) {
    this.part = part;
  }

  protected abstract void skipInFile(long rows);

  protected abstract Block block(int rows);

  @Override
  public final void skip(long rows) {
    forEachRun(rows, run -> behind += run);
  }

  @Override
  public final PartitionRows next(int rows) {
    Block block = block(rows);
    catchUp(); // though there may be no rows to read
    readRuns(rows, run -> block.read((int) run));
    return block.build();
  }

  /** Reads the next rows, consecutive ones at once. */
  protected final void readRuns(long rows, LongConsumer read) {
    forEachRun(
        rows,
        run -> {
          catchUp();
          read.accept(run);
        });
  }

  private void catchUp() {
    skipInFile(behind);
    behind = 0;
  }

  private void forEachRun(long rows, LongConsumer read) {
    for (long left = rows; left > 0; ) {
      long run = left;
      if (part.isPresent()) {
        int next = part.get().nextSetBit((int) at);
        behind += next - at;
        at = next;
        run = Math.min(left, part.get().nextClearBit(next) - next);
      }
      read.accept(run);
      at += run;
      left -= run;
    }
  }
}
