package io.cordee.common.job;

import java.util.BitSet;

/**
 * Into how many slices the rows that are evaluated are cut. They are numbered from 0, those of the
 * validation rows first.
 */
public record Slices(int validation, int test) {

  public static final Slices NONE = new Slices(0, 0);

  public int count() {
    return validation + test;
  }

  /** The slices of either kind that lie where these partitions do: with the same numbers. */
  public BitSet beside(BitSet partitions) {
    BitSet slices = partitions.get(0, validation);
    partitions.get(0, test).stream().forEach(slice -> slices.set(validation + slice));
    return slices;
  }
}
