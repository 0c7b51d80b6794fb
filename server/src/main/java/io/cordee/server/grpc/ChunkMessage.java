package io.cordee.server.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.wire.FloatCodec;
import io.cordee.proto.v1.Parameters;
import io.cordee.proto.v1.ServerMessage;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.training.Team;
import java.util.Optional;

/**
 * One chunk at one version, to be sent to any number of workers. It is encoded when the first of
 * them can take it, so that what waits for a slow worker costs no memory, and only once.
 */
final class ChunkMessage implements Outgoing {

  private final RoundBoard board;
  private final int version;
  private final Team.Kind kind;
  private final int chunk;
  private Optional<ServerMessage> encoded = Optional.empty();

  ChunkMessage(RoundBoard board, int version, Team.Kind kind, int chunk) {
    this.board = board;
    this.version = version;
    this.kind = kind;
    this.chunk = chunk;
  }

  boolean is(int otherVersion, Team.Kind otherKind) {
    return version == otherVersion && kind == otherKind;
  }

  /** Empty if the chunk has moved on: whoever waited for this version is being sent a later one. */
  @Override
  public Optional<ServerMessage> message() {
    if (encoded.isEmpty()) {
      encoded = vector().map(this::encode);
    }
    return encoded;
  }

  private Optional<float[]> vector() {
    return switch (kind) {
      case EVALUATION_POINT -> board.evaluationPoint(chunk, version);
      case WEIGHTS ->
          board.version() == version ? Optional.of(board.weights()) : Optional.<float[]>empty();
    };
  }

  private ServerMessage encode(float[] vector) {
    Chunks chunks = board.chunks();
    byte[] bytes = new byte[chunks.size(chunk) * Float.BYTES];
    FloatCodec.encode(vector, chunks.from(chunk), chunks.size(chunk), bytes, 0);
    Parameters.Kind wireKind =
        switch (kind) {
          case EVALUATION_POINT -> Parameters.Kind.EVALUATION_POINT;
          case WEIGHTS -> Parameters.Kind.WEIGHTS;
        };
    return ServerMessage.newBuilder()
        .setParameters(
            Parameters.newBuilder()
                .setVersion(version)
                .setChunk(chunk)
                .setKind(wireKind)
                .setData(UnsafeByteOperations.unsafeWrap(bytes)))
        .build();
  }
}
