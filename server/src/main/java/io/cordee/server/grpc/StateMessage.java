package io.cordee.server.grpc;

import io.cordee.proto.frame.FloatPayload;
import io.cordee.proto.frame.Frame;
import io.cordee.proto.v1.Parameters;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.server.round.Board;
import io.cordee.server.round.ChunkState;
import java.util.function.Consumer;

/**
 * What a worker needs to replay the steps of a chunk, as it is when the worker can take it: one
 * message for each vector, written together so that they belong together.
 */
record StateMessage(Board board, Part place, int chunk) implements Outgoing {

  @Override
  public void writeTo(Consumer<Frame<ServerMessage>> stream) {
    board.showState(
        chunk,
        state -> {
          for (int part = 0; part < state.vectors().size(); part++) {
            stream.accept(frame(state, part));
          }
        });
  }

  private Frame<ServerMessage> frame(ChunkState state, int part) {
    float[] vector = state.vectors().get(part);
    Parameters.Builder header =
        Parameters.newBuilder()
            .setVersion(state.version())
            .setChunk(place.onWire(chunk))
            .setKind(Parameters.Kind.STATE)
            .setPart(part);
    if (part == 0) {
      header.setChecksum(state.checksum());
    }
    return new Frame<>(
        ServerMessage.newBuilder().setParameters(header).build(),
        FloatPayload.of(vector, 0, vector.length));
  }
}
