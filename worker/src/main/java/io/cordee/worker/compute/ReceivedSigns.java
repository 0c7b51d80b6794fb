package io.cordee.worker.compute;

import io.cordee.common.optimizer.Replica;
import io.cordee.common.reduce.Holding;
import io.cordee.common.wire.Signs;
import io.cordee.worker.link.ChunkSink.Chunk;
import io.cordee.worker.link.ChunkSink.Content;
import io.cordee.worker.link.ServerLink;
import java.util.Optional;

/**
 * The weights, followed by replaying the server's steps from signs. A chunk that turns out to
 * differ from the server's counts as missing until its state has been sent.
 */
final class ReceivedSigns implements ReceivedVectors {

  private final Holding holding;
  private final Replica replica;
  private final ServerLink server;

  /** The checksum from part 0 of a chunk's state, until the last part is there. */
  private final long[] expected;

  ReceivedSigns(Holding holding, Replica replica, ServerLink server) {
    this.holding = holding;
    this.replica = replica;
    this.server = server;
    this.expected = new long[holding.chunks().count()];
  }

  @Override
  public boolean put(Chunk chunk) {
    if (chunk.content() instanceof Content.SignsOf signs) {
      return replay(chunk, signs);
    }
    if (chunk.content() instanceof Content.State state) {
      return restore(chunk, state);
    }
    throw new IllegalArgumentException("a job whose steps are sent as signs; found floats");
  }

  private boolean replay(Chunk chunk, Content.SignsOf signs) {
    chunk.check(holding.chunks().count(), index -> Signs.bytes(holding.size(index)));
    boolean isDone = false;
    for (int i = 0; i < chunk.count(); i++) {
      int index = chunk.chunk() + i;
      byte[] packed = new byte[Signs.bytes(holding.size(index))];
      chunk.values().read(packed);
      Optional<Long> checksum =
          signs.checksums().isEmpty() ? Optional.empty() : Optional.of(signs.checksums().get(i));
      isDone |=
          isDone(
              replica.replay(index, chunk.version(), signs.lossRose(), packed, checksum),
              chunk.version(),
              index);
    }
    return isDone;
  }

  private boolean restore(Chunk chunk, Content.State state) {
    int index = chunk.chunk();
    if (chunk.count() != 1) {
      throw new IllegalArgumentException(
          "the state of one chunk at a time; found " + chunk.count());
    }
    chunk.check(holding.chunks().count(), any -> holding.size(any) * Float.BYTES);
    int size = holding.size(index);
    Replica.Place place = replica.part(index, chunk.version(), state.part());
    chunk.values().read(place.array(), place.from(), size);
    state.checksum().ifPresent(checksum -> expected[index] = checksum);
    return state.part() == replica.parts() - 1
        && isDone(replica.restore(index, chunk.version(), expected[index]), chunk.version(), index);
  }

  private boolean isDone(Replica.Effect effect, int version, int chunk) {
    if (effect == Replica.Effect.DIFFERS) {
      server.differs(version, chunk);
    }
    return effect == Replica.Effect.DONE;
  }

  @Override
  public Optional<float[]> lookaheadPoint(int version) {
    return replica.weightsAt(version);
  }

  @Override
  public Optional<float[]> weights(int version) {
    return lookaheadPoint(version);
  }
}
