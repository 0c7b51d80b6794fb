package io.cordee.server.team;

import java.util.BitSet;

/**
 * What a worker is asked for.
 *
 * @param partitions to compute
 * @param slices of the evaluated rows, to measure
 */
public record Work(BitSet partitions, BitSet slices) {

  /** What is done of a round. */
  public interface Progress {

    boolean isComputed(int partition);

    boolean isMeasured(int slice);
  }

  static Work none() {
    return new Work(new BitSet(), new BitSet());
  }

  public boolean isNone() {
    return partitions.isEmpty() && slices.isEmpty();
  }

  int units() {
    return partitions.cardinality() + slices.cardinality();
  }

  void add(Work more) {
    partitions.or(more.partitions);
    slices.or(more.slices);
  }
}
