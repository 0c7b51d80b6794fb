package io.cordee.server.grpc;

import io.cordee.proto.frame.Frame;
import io.cordee.proto.v1.ServerMessage;
import java.util.function.Consumer;

/** Something to be sent to a worker, made when its stream can take it. */
@FunctionalInterface
interface Outgoing {

  /** Writes it; or nothing, if there is no point in sending it any more. */
  void writeTo(Consumer<Frame<ServerMessage>> stream);

  /** Whether those of its kind that still wait are of no use any more. */
  default boolean replacesOthersOfItsKind() {
    return false;
  }

  /** Whether it is to be sent though the job has ended meanwhile. */
  default boolean isSentAfterTheEnd() {
    return false;
  }
}
