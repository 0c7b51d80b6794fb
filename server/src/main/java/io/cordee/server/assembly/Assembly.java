package io.cordee.server.assembly;

import io.cordee.server.grpc.GrpcTeam;
import io.cordee.server.grpc.ShardStreams;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * What a server is made of.
 *
 * @param shards the streams of the others, where this is shard 0 of several
 * @param memory bytes that it takes of the heap
 * @param onStart told the port when it listens
 * @param onClose run when it does no more
 */
public record Assembly(
    GrpcTeam<?> team,
    Optional<ShardStreams> shards,
    long memory,
    IntConsumer onStart,
    Runnable onClose) {

  /** With nothing to do before or after. */
  Assembly(GrpcTeam<?> team, Optional<ShardStreams> shards, long memory) {
    this(team, shards, memory, port -> {}, () -> {});
  }
}
