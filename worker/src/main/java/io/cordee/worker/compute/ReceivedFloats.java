package io.cordee.worker.compute;

import io.cordee.common.reduce.Holding;
import io.cordee.worker.link.ChunkSink.Chunk;
import io.cordee.worker.link.ChunkSink.Content;
import java.util.BitSet;
import java.util.Optional;

/**
 * The vectors that the server has sent: two versions of the lookahead point, so that the next can
 * arrive while the current is in use, and the weights where they are evaluated separately. Several
 * threads may put chunks at once.
 */
final class ReceivedFloats implements ReceivedVectors {

  private static final class Slot {
    final BitSet arrived = new BitSet();
    float[] values;
    int version = -1;

    void restart(int atVersion, int parameters) {
      values = values == null ? new float[parameters] : values;
      version = atVersion;
      arrived.clear();
    }
  }

  private final Holding holding;
  private final Slot[] points = {new Slot(), new Slot()};
  private final Slot weights = new Slot();

  ReceivedFloats(Holding holding) {
    this.holding = holding;
  }

  @Override
  public boolean put(Chunk chunk) {
    chunk.check(holding.chunks().count(), index -> holding.size(index) * Float.BYTES);
    if (!(chunk.content() instanceof Content.LookaheadPoint
        || chunk.content() instanceof Content.Weights)) {
      throw new IllegalArgumentException("a job whose steps are sent as floats; found signs");
    }
    Optional<Slot> slot = find(chunk);
    if (slot.isEmpty()) {
      return false;
    }
    float[] values = slot.get().values;
    int from = holding.from(chunk.chunk());
    chunk.values().read(values, from, holding.to(chunk.chunk() + chunk.count() - 1) - from);
    return arrived(chunk);
  }

  private synchronized boolean arrived(Chunk chunk) {
    Optional<Slot> slot = find(chunk);
    slot.ifPresent(it -> it.arrived.set(chunk.chunk(), chunk.chunk() + chunk.count()));
    return slot.filter(this::isComplete).isPresent();
  }

  /**
   * Finds where a chunk belongs: nowhere if it is older than what is there. One shard may send
   * again the version that it stands at when another has stepped chunks of the next round already.
   */
  private synchronized Optional<Slot> find(Chunk chunk) {
    if (chunk.content() instanceof Content.Weights) {
      return at(chunk.version(), weights);
    }
    for (Slot slot : points) {
      if (slot.version == chunk.version()) {
        return Optional.of(slot);
      }
    }
    return at(chunk.version(), points[0].version < points[1].version ? points[0] : points[1]);
  }

  private Optional<Slot> at(int version, Slot slot) {
    if (slot.version < version) {
      slot.restart(version, holding.values());
    }
    return Optional.of(slot).filter(it -> it.version == version);
  }

  @Override
  public synchronized Optional<float[]> lookaheadPoint(int version) {
    for (Slot slot : points) {
      if (slot.version == version && isComplete(slot)) {
        return Optional.of(slot.values);
      }
    }
    return Optional.empty();
  }

  @Override
  public synchronized Optional<float[]> weights(int version) {
    return weights.version == version && isComplete(weights)
        ? Optional.of(weights.values)
        : Optional.empty();
  }

  private boolean isComplete(Slot slot) {
    return slot.arrived.cardinality() == holding.chunks().count();
  }
}
