package io.cordee.server.team;

import java.util.Optional;
import java.util.OptionalLong;

/** What one worker has been asked for in a round, and how much of it is not in. */
final class Duty {

  /** In nanoseconds. A partition that takes less is computed sooner than it is moved. */
  private static final long WORTH_MOVING = 1_000_000;

  /** Whether it has it by the plan, rather than because others are late, done or gone. */
  final boolean isPlanned;

  final long begin;

  /** When it was asked last. */
  long since;

  /** Partitions by chunks that have not come in. */
  long left;

  private int slicesLeft;

  /** What it was asked for until it was done for the first time, and how long that took. */
  int units;

  private int partitions;

  OptionalLong took = OptionalLong.empty();

  /** For whom it has been asked to spare something, and how long that takes for a partition. */
  private Optional<WorkerId> sparesFor = Optional.empty();

  private long othersNanos;

  /** It has nothing to spare for those that take this long, or longer. */
  private long refused;

  /** The node that comes in, since when, and how long it took for the slowest one. */
  private int node;

  private long nodeSince;
  private long sending;

  Duty(boolean isPlanned, long now) {
    this.isPlanned = isPlanned;
    this.begin = now;
  }

  boolean isOpen() {
    return left > 0 || slicesLeft > 0;
  }

  void add(Work work, int chunks, long now) {
    since = now;
    refused = Long.MAX_VALUE;
    left = Math.max(0, left) + (long) work.partitions().cardinality() * chunks;
    slicesLeft = Math.max(0, slicesLeft) + work.slices().cardinality();
    if (took.isEmpty()) {
      units += work.units();
      partitions += work.partitions().cardinality();
    }
  }

  void came(int ofNode, int partitionsByChunks, long now) {
    if (ofNode != node) {
      node = ofNode;
      nodeSince = now;
    }
    sending = Math.max(sending, now - nodeSince);
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

  // ---- what it has not begun ----

  /** How long it took for each partition, if it is done. */
  long nanos() {
    return took.orElse(0) / Math.max(1, partitions);
  }

  /** Whether computing a partition took longer than sending a sum does. */
  boolean isWorthSplitting() {
    return nanos() > Math.max(WORTH_MOVING, 2 * sending);
  }

  /** Whether it may have something to spare, as far as is known. */
  boolean maySpare(int chunks, long forNanos) {
    return left > chunks && sparesFor.isEmpty() && forNanos < refused;
  }

  void askFor(WorkerId idle, long forNanos) {
    sparesFor = Optional.of(idle);
    othersNanos = forNanos;
  }

  Optional<WorkerId> sparesFor() {
    return sparesFor;
  }

  /** It gives up this many partitions. */
  void spared(int count, int chunks, long now) {
    sparesFor = Optional.empty();
    if (count == 0) {
      refused = othersNanos;
    }
    left -= (long) count * chunks;
    if (took.isEmpty()) {
      units -= count;
      partitions -= count;
    }
    noteEnd(now);
  }
}
