package io.cordee.server;

import io.cordee.server.grpc.GrpcTeam;
import io.cordee.server.grpc.ShardStreams;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/** Puts together what a server is made of. */
@FunctionalInterface
interface Assembly {

  /**
   * What a server is put together from.
   *
   * @param shards the streams of the others, where this is shard 0 of several
   * @param onStart run when it listens
   * @param onClose run when it does no more
   */
  record Parts(
      GrpcTeam<?> team, Optional<ShardStreams> shards, Runnable onStart, Runnable onClose) {

    /** With nothing to do before or after. */
    Parts(GrpcTeam<?> team, Optional<ShardStreams> shards) {
      this(team, shards, () -> {}, () -> {});
    }
  }

  /**
   * @param later runs one thing at a time
   * @param afterEach to be run after each message
   */
  Parts make(ScheduledExecutorService later, Runnable afterEach)
      throws IOException, InterruptedException;
}
