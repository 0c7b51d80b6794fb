package io.cordee.spark.rows;

import java.io.Serializable;
import java.util.Arrays;

/**
 * A row's place in an order that does not depend on how a DataFrame is partitioned: first by a
 * hash, then by the row's bytes. Rows that are equal may change places.
 */
final class RowKey implements Comparable<RowKey>, Serializable {

  private static final long serialVersionUID = 1;

  final long hash;
  final boolean isHeldOut;
  final byte[] row;

  RowKey(long hash, boolean isHeldOut, byte[] row) {
    this.hash = hash;
    this.isHeldOut = isHeldOut;
    this.row = row;
  }

  /** The first of the hash's bits: which of 2^bits equal parts of the order this is in. */
  int part(int bits) {
    return bits == 0 ? 0 : (int) (hash >>> (Long.SIZE - bits));
  }

  @Override
  public int compareTo(RowKey other) {
    int byHash = Long.compareUnsigned(hash, other.hash);
    return byHash != 0 ? byHash : Arrays.compareUnsigned(row, other.row);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowKey key && hash == key.hash && Arrays.equals(row, key.row);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(hash);
  }
}
