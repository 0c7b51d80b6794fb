package io.cordee.common.kernel;

import java.util.BitSet;

/**
 * The hash of a chunk of which few parameters change at a time: the sum over blocks of {@value
 * #BLOCK} of them of the hash of the block's number and those of its weights and slots. Only blocks
 * that have changed are hashed again. Not thread-safe.
 */
public final class BlockDigest {

  private static final int BLOCK = 16;

  private final int size;

  /** How much of the first block lies before the chunk. */
  private final int before;

  private final long[] hashes;
  private final BitSet changed = new BitSet();
  private long sum;

  /**
   * @param size of the chunk
   * @param border a parameter that a block begins with, or would
   */
  public BlockDigest(int size, int border) {
    this.size = size;
    this.before = Math.floorMod(-border, BLOCK);
    this.hashes = new long[(before + size + BLOCK - 1) / BLOCK];
    change(0, size);
  }

  /** Weights or slots of these parameters may have changed. */
  public void change(int from, int count) {
    if (count > 0) {
      changed.set((before + from) / BLOCK, (before + from + count - 1) / BLOCK + 1);
    }
  }

  /** The hash of a chunk's weights and slots. */
  public long of(float[] weights, float[][] slots) {
    long[] parts = new long[2 + slots.length];
    for (int b = changed.nextSetBit(0); b >= 0; b = changed.nextSetBit(b + 1)) {
      int from = Math.max(0, b * BLOCK - before);
      int to = Math.min(size, (b + 1) * BLOCK - before);
      parts[0] = b;
      parts[1] = Xxh64.hash(weights, from, to);
      for (int slot = 0; slot < slots.length; slot++) {
        parts[2 + slot] = Xxh64.hash(slots[slot], from, to);
      }
      long hash = Xxh64.hash(parts);
      sum += hash - hashes[b];
      hashes[b] = hash;
    }
    changed.clear();
    return sum;
  }
}
