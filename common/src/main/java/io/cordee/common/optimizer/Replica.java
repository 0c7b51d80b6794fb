package io.cordee.common.optimizer;

import io.cordee.common.kernel.Digest;
import io.cordee.common.reduce.Holding;
import io.cordee.common.wire.Signs;
import java.util.Arrays;
import java.util.Optional;

/**
 * A copy of the server's weights that follows by replaying a sign-driven optimizer's steps, with
 * the slots that this needs. It begins with no chunk at all; each has to be {@linkplain #restore
 * restored} first.
 *
 * <p>Versions t and t + 1 of a chunk stand beside each other, so that t can be computed with while
 * t + 1 is made. Threads may work on different chunks at once.
 *
 * <p>Memory: two versions of the weights, and the {@link Optimizer#replayedSlots}.
 */
public final class Replica {

  /** The effect of a message on a chunk. */
  public enum Effect {
    /** It is at the version of the message. */
    DONE,
    /** Nothing: it was there already, or further, or is to be restored first. */
    NONE,
    /** It cannot get there: the previous step is missing, or the checksum differs. */
    DIFFERS
  }

  private static final int UNKNOWN = -1;

  /** Unpacked at once: 64 KiB, which are still in cache when they are used. */
  static final int SIGNS = 16 * 1024;

  /** The place of some of a chunk's floats: in this array, from this index on. */
  public record Place(float[] array, int from) {}

  private final Optimizer optimizer;
  private final Holding holding;
  private final int slots;

  /** The weights at even and at odd versions: whole vectors, as they are computed with. */
  private final float[][] weights;

  /** By chunk and slot, each in an array of its own. */
  private final float[][][] slotsOf;

  /** Written and read under the replica's monitor. */
  private final int[] versions;

  public Replica(Optimizer optimizer, Holding holding) {
    this.optimizer = optimizer;
    this.holding = holding;
    int chunks = holding.chunks().count();
    slots = optimizer.replayedSlots().size();
    weights = new float[2][holding.values()];
    slotsOf = new float[chunks][slots][];
    for (int c = 0; c < chunks; c++) {
      for (int slot = 0; slot < slots; slot++) {
        slotsOf[c][slot] = new float[holding.size(c)];
      }
    }
    versions = new int[chunks];
    Arrays.fill(versions, UNKNOWN);
  }

  /**
   * Returns how many vectors {@link #part} knows: two versions of the weights, and the replayed
   * slots.
   */
  public int parts() {
    return 2 + slots;
  }

  /**
   * Returns where a chunk's piece of part {@code part} of the state at a version stands: 0 is the
   * weights, 1 those of the version before, 2 and above the slots. Not for a chunk that is computed
   * with.
   *
   * @throws IllegalArgumentException if there is no such part
   */
  public Place part(int chunk, int version, int part) {
    if (part < 0 || part >= parts()) {
      throw new IllegalArgumentException("part must be 0 to " + (parts() - 1) + "; found " + part);
    }
    return switch (part) {
      case 0 -> new Place(weights(version), holding.from(chunk));
      case 1 -> new Place(weights(version + 1), holding.from(chunk));
      default -> new Place(slotsOf[chunk][part - 2], 0);
    };
  }

  private float[] weights(int version) {
    return weights[version % 2];
  }

  /**
   * Every part of the chunk has been written: it stands at this version, if the checksum agrees.
   */
  public Effect restore(int chunk, int version, long checksum) {
    set(chunk, UNKNOWN);
    if (checksum(chunk, version) != checksum) {
      return Effect.DIFFERS;
    }
    set(chunk, version);
    return Effect.DONE;
  }

  /**
   * Takes the step of a chunk to {@code version}.
   *
   * @param packed the signs, as {@link Signs} packs them
   * @param checksum that of the chunk's weights and replayed slots afterwards, if it is to be
   *     compared
   */
  public Effect replay(
      int chunk, int version, boolean lossRose, byte[] packed, Optional<Long> checksum) {
    int now = version(chunk);
    if (now >= version || now == UNKNOWN) {
      return Effect.NONE;
    }
    if (now != version - 1) {
      set(chunk, UNKNOWN);
      return Effect.DIFFERS;
    }
    Signs.check(packed, holding.size(chunk));
    try {
      step(chunk, now, RoundScalars.replayed(version, lossRose), packed);
    } catch (RuntimeException | Error e) {
      set(chunk, UNKNOWN); // part of it may have been stepped
      throw e;
    }
    if (checksum.isPresent() && checksum(chunk, version) != checksum.get()) {
      set(chunk, UNKNOWN);
      return Effect.DIFFERS;
    }
    set(chunk, version);
    return Effect.DONE;
  }

  /** Steps block by block, so that decoded signs are still in cache when they are used. */
  private void step(int chunk, int version, RoundScalars scalars, byte[] packed) {
    int size = holding.size(chunk);
    float[] signs = new float[Math.min(SIGNS, size)];
    for (int at = 0; at < size; at += SIGNS) {
      int length = Math.min(SIGNS, size - at);
      Signs.decode(packed, at, signs, length);
      optimizer.replay(
          scalars,
          new Block(
              signs,
              0,
              1,
              weights(version),
              weights(version + 1),
              holding.from(chunk) + at,
              slotsOf[chunk],
              at,
              length));
    }
  }

  private long checksum(int chunk, int version) {
    int from = holding.from(chunk);
    return Digest.ofChunk(weights(version), from, slotsOf[chunk], 0, holding.size(chunk));
  }

  private synchronized int version(int chunk) {
    return versions[chunk];
  }

  private synchronized void set(int chunk, int version) {
    versions[chunk] = version;
  }

  /** The weights at a version, if every chunk is there or one step further. */
  public synchronized Optional<float[]> weightsAt(int version) {
    for (int stands : versions) {
      if (stands != version && stands != version + 1) {
        return Optional.empty();
      }
    }
    return Optional.of(weights(version));
  }
}
