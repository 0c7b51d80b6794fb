package io.cordee.common.rule;

import io.cordee.common.kernel.Digest;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.wire.Signs;
import java.util.Arrays;
import java.util.Optional;

/**
 * A copy of the server's weights and slots that follows by taking the same steps from the signs of
 * the gradient: for sign-driven rules. It begins with no chunk at all; each has to be {@linkplain
 * #restore restored} first.
 *
 * <p>Versions t and t + 1 of a chunk stand beside each other, so that t can be computed with while
 * t + 1 is made. Threads may work on different chunks at once.
 *
 * <p>Memory: two versions of the weights, and the slots.
 */
public final class Replica {

  /** What a message did to a chunk. */
  public enum Effect {
    /** It stands at the version of the message. */
    DONE,
    /** Nothing: it stood there already, or further, or is to be restored first. */
    NONE,
    /** It cannot stand there: the step before is missing, or the checksum tells so. */
    DIFFERS
  }

  private static final int UNKNOWN = -1;

  private final Optimizer optimizer;
  private final Chunks chunks;

  /** For steps from even and from odd versions. */
  private final ParameterState[] states;

  /** Written and read under the replica's monitor. */
  private final int[] versions;

  private final float[] signs;

  public Replica(Optimizer optimizer, Chunks chunks) {
    this.optimizer = optimizer;
    this.chunks = chunks;
    ParameterState even = ParameterState.taking(new float[chunks.parameters()], optimizer.slots());
    states = new ParameterState[] {even, even.swapped()};
    versions = new int[chunks.count()];
    Arrays.fill(versions, UNKNOWN);
    signs = new float[chunks.length()];
  }

  /** How many vectors {@link #part} knows: two versions of the weights, and the slots. */
  public int parts() {
    return 2 + states[0].slots().length;
  }

  /**
   * The vector that is part {@code part} of the state at a version: 0 is the weights, 1 those of
   * the version before, 2 and above the slots. Not for a chunk that is computed with.
   *
   * @throws IllegalArgumentException if there is no such part
   */
  public float[] part(int version, int part) {
    if (part < 0 || part >= parts()) {
      throw new IllegalArgumentException("part must be 0 to " + (parts() - 1) + "; found " + part);
    }
    return switch (part) {
      case 0 -> weights(version);
      case 1 -> weights(version + 1);
      default -> states[0].slots()[part - 2];
    };
  }

  private float[] weights(int version) {
    return states[version % 2].current();
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
   * @param checksum that of the chunk's weights and slots afterwards, if it is to be compared
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
    int from = chunks.from(chunk);
    synchronized (signs) {
      Signs.unpack(packed, 0, signs, 0, chunks.size(chunk));
      optimizer.replay(
          RoundScalars.replayed(version, lossRose), signs, states[now % 2], from, chunks.to(chunk));
    }
    if (checksum.isPresent() && checksum(chunk, version) != checksum.get()) {
      set(chunk, UNKNOWN);
      return Effect.DIFFERS;
    }
    set(chunk, version);
    return Effect.DONE;
  }

  private long checksum(int chunk, int version) {
    return Digest.ofChunk(
        weights(version), states[0].slots(), chunks.from(chunk), chunks.to(chunk));
  }

  private synchronized int version(int chunk) {
    return versions[chunk];
  }

  private synchronized void set(int chunk, int version) {
    versions[chunk] = version;
  }

  /** The weights at a version, if every chunk stands there or one step further. */
  public synchronized Optional<float[]> weightsAt(int version) {
    for (int stands : versions) {
      if (stands != version && stands != version + 1) {
        return Optional.empty();
      }
    }
    return Optional.of(weights(version));
  }
}
