package io.cordee.server.grpc;

import io.cordee.proto.frame.FloatPayload;
import io.cordee.proto.frame.Frame;
import io.cordee.proto.v1.Parameters;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.server.round.Board;
import io.cordee.server.round.Vector;
import java.util.function.Consumer;

/**
 * One chunk of a vector at one version. It goes from the vector to the socket when the worker can
 * take it, so that what waits for a slow worker costs no memory. If the chunk has moved on by then,
 * nothing is sent: whoever waited for this version is being sent a later one.
 */
record ChunkMessage(Board board, Part part, Vector vector, int version, int chunk)
    implements Outgoing {

  @Override
  public void writeTo(Consumer<Frame<ServerMessage>> stream) {
    board.show(vector, chunk, version, values -> stream.accept(frame(values)));
  }

  private Frame<ServerMessage> frame(float[] values) {
    Parameters.Kind kind =
        switch (vector) {
          case EVALUATION_POINT -> Parameters.Kind.EVALUATION_POINT;
          case WEIGHTS -> Parameters.Kind.WEIGHTS;
        };
    return new Frame<>(
        ServerMessage.newBuilder()
            .setParameters(
                Parameters.newBuilder()
                    .setVersion(version)
                    .setChunk(part.onWire(chunk))
                    .setKind(kind))
            .build(),
        FloatPayload.of(values, 0, values.length));
  }
}
