package io.cordee.worker.compute;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.wire.FloatCodec;
import io.cordee.worker.link.ServerSays.Chunk;
import io.cordee.worker.link.ServerSays.Kind;
import java.util.BitSet;

/**
 * The vectors that the server has sent: two versions of the evaluation point, so that the next one
 * can arrive while the current one is computed with, and the weights where they are evaluated
 * apart. Used by the worker's own thread.
 */
final class VectorSlots {

  private static final class Slot {
    final float[] values;
    final BitSet arrived = new BitSet();
    int version = -1;

    Slot(int parameters) {
      values = new float[parameters];
    }

    void restart(int atVersion) {
      version = atVersion;
      arrived.clear();
    }
  }

  private final Chunks chunks;
  private final Slot[] points;
  private Slot weights;

  VectorSlots(Chunks chunks) {
    this.chunks = chunks;
    this.points = new Slot[] {new Slot(chunks.parameters()), new Slot(chunks.parameters())};
  }

  /**
   * Puts a chunk in its place.
   *
   * @throws IllegalArgumentException if there is no such chunk or it has another length
   */
  void put(Chunk chunk) {
    int index = chunk.chunk();
    if (index < 0 || index >= chunks.count()) {
      throw new IllegalArgumentException("no chunk " + index + " of " + chunks.count());
    }
    int expected = chunks.size(index) * Float.BYTES;
    if (chunk.values().remaining() != expected) {
      throw new IllegalArgumentException(
          "chunk " + index + " has " + expected + " bytes; found " + chunk.values().remaining());
    }
    Slot slot = slotFor(chunk);
    FloatCodec.decode(chunk.values(), slot.values, chunks.from(index), chunks.size(index));
    slot.arrived.set(index);
  }

  private Slot slotFor(Chunk chunk) {
    if (chunk.kind() == Kind.WEIGHTS) {
      if (weights == null) {
        weights = new Slot(chunks.parameters());
      }
      if (weights.version != chunk.version()) {
        weights.restart(chunk.version());
      }
      return weights;
    }
    for (Slot slot : points) {
      if (slot.version == chunk.version()) {
        return slot;
      }
    }
    Slot older = points[0].version < points[1].version ? points[0] : points[1];
    older.restart(chunk.version());
    return older;
  }

  /**
   * Where gradients are taken at this version.
   *
   * @throws IllegalArgumentException if not every chunk of it has arrived
   */
  float[] evaluationPoint(int version) {
    for (Slot slot : points) {
      if (slot.version == version) {
        return complete(slot);
      }
    }
    throw new IllegalArgumentException("no chunk of version " + version + " has arrived");
  }

  /** The weights at this version: the evaluation point, unless they were sent apart. */
  float[] weights(int version) {
    return weights != null && weights.version == version
        ? complete(weights)
        : evaluationPoint(version);
  }

  private float[] complete(Slot slot) {
    if (slot.arrived.cardinality() != chunks.count()) {
      throw new IllegalArgumentException(
          slot.arrived.cardinality()
              + " of "
              + chunks.count()
              + " chunks of version "
              + slot.version
              + " have arrived");
    }
    return slot.values;
  }
}
