package io.cordee.worker.compute;

import io.cordee.common.reduce.Chunks;
import io.cordee.function.Sums;
import java.util.ArrayDeque;

/**
 * Arrays for sums of the whole vector, used again and again, by any thread.
 *
 * <p>Memory: as many sums as were ever in use at a time.
 */
final class SumArrays {

  private final Chunks chunks;
  private final ArrayDeque<Sums> free = new ArrayDeque<>();

  SumArrays(Chunks chunks) {
    this.chunks = chunks;
  }

  /** Returns sums with any content. */
  Sums take() {
    Sums sums;
    synchronized (free) {
      sums = free.pollLast();
    }
    return sums == null ? new Sums(chunks.parameters(), chunks.width()) : sums;
  }

  void giveBack(Sums sums) {
    synchronized (free) {
      free.addLast(sums);
    }
  }
}
