package io.cordee.server.team;

import java.util.OptionalLong;

/** The leases of one worker in a round, and how much of them has not come in. */
final class WorkerLeases {

  /** True if it has them by the plan, rather than because others are late or gone. */
  final boolean isPlanned;

  final long begin;

  /** When it was asked last. */
  long since;

  /** Partitions by chunks that have not come in. */
  long left;

  private int slicesLeft;

  /** Counts what it was asked for until it was done for the first time; then how long that took. */
  int units;

  OptionalLong took = OptionalLong.empty();

  WorkerLeases(boolean isPlanned, long now) {
    this.isPlanned = isPlanned;
    this.begin = now;
  }

  boolean isOpen() {
    return left > 0 || slicesLeft > 0;
  }

  void add(Work work, int chunks, long now) {
    since = now;
    left = Math.max(0, left) + (long) work.partitions().cardinality() * chunks;
    slicesLeft = Math.max(0, slicesLeft) + work.slices().cardinality();
    if (took.isEmpty()) {
      units += work.units();
    }
  }

  void came(int partitionsByChunks, long now) {
    left -= partitionsByChunks;
    noteEnd(now);
  }

  void measured(long now) {
    slicesLeft--;
    noteEnd(now);
  }

  private void noteEnd(long now) {
    if (!isOpen() && took.isEmpty()) {
      took = OptionalLong.of(now - begin);
    }
  }
}
