package io.cordee.worker.compute;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.rule.Replica;
import io.cordee.common.wire.Signs;
import io.cordee.worker.link.ChunkSink.Chunk;
import io.cordee.worker.link.ChunkSink.Content;
import io.cordee.worker.link.ServerLink;
import io.cordee.worker.link.VectorData;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The weights, followed by replaying the server's steps from signs. A chunk that turns out to
 * differ from the server's counts as missing until its state has been sent.
 */
final class ReplicaVectors implements Vectors {

  private final Chunks chunks;
  private final Replica replica;
  private final ServerLink server;

  /** What part 0 of a chunk's state said the checksum is, until the last part is there. */
  private final long[] expected;

  ReplicaVectors(Chunks chunks, Replica replica, ServerLink server) {
    this.chunks = chunks;
    this.replica = replica;
    this.server = server;
    this.expected = new long[chunks.count()];
  }

  @Override
  public boolean put(Chunk chunk) {
    int index = chunk.chunk();
    if (index < 0 || index >= chunks.count()) {
      throw new IllegalArgumentException("no chunk " + index + " of " + chunks.count());
    }
    if (chunk.content() instanceof Content.SignsOf signs) {
      return replay(chunk, signs);
    }
    if (chunk.content() instanceof Content.State state) {
      return restore(chunk, state);
    }
    throw new IllegalArgumentException("a job whose steps are sent as signs; found floats");
  }

  private boolean replay(Chunk chunk, Content.SignsOf signs) {
    int index = chunk.chunk();
    byte[] packed = new byte[Signs.bytes(chunks.size(index))];
    expect(chunk.values(), packed.length, index);
    chunk.values().read(packed);
    OptionalLong checksum = signs.checksum();
    Replica.Effect effect =
        replica.replay(
            index,
            chunk.version(),
            signs.lossRose(),
            packed,
            checksum.isPresent() ? Optional.of(checksum.getAsLong()) : Optional.empty());
    return isDone(effect, chunk);
  }

  private boolean restore(Chunk chunk, Content.State state) {
    int index = chunk.chunk();
    int size = chunks.size(index);
    expect(chunk.values(), size * Float.BYTES, index);
    Replica.Place place = replica.part(index, chunk.version(), state.part());
    chunk.values().read(place.array(), place.from(), size);
    state.checksum().ifPresent(checksum -> expected[index] = checksum);
    return state.part() == replica.parts() - 1
        && isDone(replica.restore(index, chunk.version(), expected[index]), chunk);
  }

  private boolean isDone(Replica.Effect effect, Chunk chunk) {
    if (effect == Replica.Effect.DIFFERS) {
      server.differs(chunk.version(), chunk.chunk());
    }
    return effect == Replica.Effect.DONE;
  }

  private static void expect(VectorData values, int bytes, int chunk) {
    if (values.size() != bytes) {
      throw new IllegalArgumentException(
          "chunk " + chunk + " has " + bytes + " bytes; found " + values.size());
    }
  }

  @Override
  public Optional<float[]> evaluationPoint(int version) {
    return replica.weightsAt(version);
  }

  @Override
  public Optional<float[]> weights(int version) {
    return evaluationPoint(version);
  }
}
