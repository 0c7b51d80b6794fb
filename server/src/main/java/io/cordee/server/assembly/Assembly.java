package io.cordee.server.assembly;

import io.cordee.server.grpc.GrpcTeam;
import java.util.function.IntConsumer;

/**
 * The parts of a server.
 *
 * @param memory bytes of heap
 * @param onStart called with the port once it listens
 * @param onClose run after it has stopped
 */
public record Assembly(GrpcTeam<?> team, long memory, IntConsumer onStart, Runnable onClose) {

  Assembly(GrpcTeam<?> team, long memory) {
    this(team, memory, port -> {}, () -> {});
  }
}
