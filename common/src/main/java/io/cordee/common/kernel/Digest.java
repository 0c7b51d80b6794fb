package io.cordee.common.kernel;

import java.util.Arrays;

/**
 * The digest of a parameter vector and its slots after a round: equal digests, equal bits.
 *
 * <p>Computed chunk by chunk, so that a chunk's owner can hash it while it is in cache; the chunks'
 * hashes, in chunk order, make the vector's. It guards against errors, not forgery.
 */
public final class Digest {

  private Digest() {}

  /**
   * The hash of the elements [from, to) of the weights and of each slot, in the optimizer's slot
   * order.
   *
   * @throws IndexOutOfBoundsException if the range is not one of each array
   */
  public static long ofChunk(float[] weights, float[][] slots, int from, int to) {
    return ofChunk(weights, from, slots, from, to - from);
  }

  /** As above, of {@code size} elements that stand at another index in the weights. */
  public static long ofChunk(
      float[] weights, int weightsFrom, float[][] slots, int slotsFrom, int size) {
    return ofHashes(hashes(weights, weightsFrom, slots, slotsFrom, size));
  }

  /** Returns the hash of a chunk's weights, and then that of each of its slots. */
  public static long[] hashes(float[] weights, float[][] slots) {
    return hashes(weights, 0, slots, 0, weights.length);
  }

  private static long[] hashes(
      float[] weights, int weightsFrom, float[][] slots, int slotsFrom, int size) {
    long[] hashes = new long[1 + slots.length];
    hashes[0] = Xxh64.hash(weights, weightsFrom, weightsFrom + size);
    for (int slot = 0; slot < slots.length; slot++) {
      hashes[1 + slot] = Xxh64.hash(slots[slot], slotsFrom, slotsFrom + size);
    }
    return hashes;
  }

  /** Returns the hash of a chunk from the {@linkplain #hashes hashes} of its vectors. */
  public static long ofHashes(long[] hashes) {
    return Xxh64.hash(hashes);
  }

  /**
   * The hash of a chunk after a step that moved only some rows of a table: of its hash before the
   * step, and of these rows.
   *
   * @param weights of what precedes the table and of these rows, after the step, as {@code slots}
   */
  public static long ofStep(long before, int[] rows, float[] weights, float[][] slots) {
    long[] all = new long[2 + rows.length];
    all[0] = before;
    all[1] = ofChunk(weights, slots, 0, weights.length);
    Arrays.setAll(all, i -> i < 2 ? all[i] : rows[i - 2]);
    return Xxh64.hash(all);
  }

  /**
   * The digest of a whole vector, as 16 hex digits.
   *
   * @param version how many rounds the weights have behind them
   * @param chunkHashes what {@link #ofChunk} says of each chunk, in chunk order
   */
  public static String ofVector(int version, long[] chunkHashes) {
    long[] all = new long[1 + chunkHashes.length];
    all[0] = version;
    System.arraycopy(chunkHashes, 0, all, 1, chunkHashes.length);
    return String.format("%016x", Xxh64.hash(all));
  }
}
