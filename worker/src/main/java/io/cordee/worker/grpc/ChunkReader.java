package io.cordee.worker.grpc;

import io.cordee.proto.frame.ReceivedPayload;
import io.cordee.proto.v1.Parameters;
import io.cordee.worker.link.ChunkSink;
import io.cordee.worker.link.VectorData;
import java.util.List;

/** Reads the chunks that a server sends; the receiver checks whether they are the job's. */
final class ChunkReader {

  private ChunkReader() {}

  /**
   * Reads one or more neighbouring chunks, whose data are valid until the receiver returns.
   *
   * @throws IllegalArgumentException if it is invalid
   */
  static ChunkSink.Chunk read(Parameters parameters, ReceivedPayload data) {
    int count =
        parameters.getChunks() == 0
            ? 1
            : ServerMessages.atLeast(1, parameters.getChunks(), "chunk count");
    ChunkSink.Content content =
        switch (parameters.getKind()) {
          case LOOKAHEAD_POINT -> new ChunkSink.Content.LookaheadPoint();
          case WEIGHTS -> new ChunkSink.Content.Weights();
          case SIGNS ->
              new ChunkSink.Content.SignsOf(parameters.getLossRose(), checksums(parameters, count));
          case STATE ->
              new ChunkSink.Content.State(
                  ServerMessages.atLeast(0, parameters.getPart(), "part"),
                  checksums(parameters, count).stream().mapToLong(Long::longValue).findFirst());
          default ->
              throw new IllegalArgumentException(
                  "a vector of unknown kind " + parameters.getKindValue());
        };
    return new ChunkSink.Chunk(
        ServerMessages.atLeast(0, parameters.getVersion(), "version"),
        ServerMessages.atLeast(0, parameters.getChunk(), "chunk"),
        count,
        content,
        parameters.getHolding(),
        new ReceivedData(data));
  }

  private static List<Long> checksums(Parameters parameters, int count) {
    int found = parameters.getChecksumsCount();
    if (found != 0 && found != count) {
      throw new IllegalArgumentException(found + " checksums of " + count + " chunks");
    }
    return parameters.getChecksumsList();
  }

  private record ReceivedData(ReceivedPayload payload) implements VectorData {
    @Override
    public int size() {
      return payload.size();
    }

    @Override
    public void read(float[] into, int at, int count) {
      payload.read(into, at, count);
    }

    @Override
    public void read(byte[] into) {
      payload.read(into);
    }
  }
}
