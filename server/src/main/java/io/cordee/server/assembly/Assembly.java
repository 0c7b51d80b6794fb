package io.cordee.server.assembly;

import io.cordee.server.grpc.GrpcTeam;
import io.cordee.server.grpc.ShardStreams;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * The parts of a server.
 *
 * @param shards the streams of the others, where this is shard 0 of several
 * @param memory bytes of heap
 * @param onStart called with the port once it listens
 * @param onClose run after it has stopped
 */
public record Assembly(
    GrpcTeam<?> team,
    Optional<ShardStreams> shards,
    long memory,
    IntConsumer onStart,
    Runnable onClose) {

  Assembly(GrpcTeam<?> team, Optional<ShardStreams> shards, long memory) {
    this(team, shards, memory, port -> {}, () -> {});
  }
}
