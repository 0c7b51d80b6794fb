package io.cordee.server.grpc;

import io.cordee.proto.v1.ServerMessage;
import java.util.Optional;

/** Something to be sent to a worker, made when its stream can take it. */
@FunctionalInterface
interface Outgoing {

  /** Empty if there is no point in sending it any more. */
  Optional<ServerMessage> message();
}
