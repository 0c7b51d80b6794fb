package io.cordee.server.assembly;

import io.cordee.server.grpc.ShardStreams;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;

/**
 * What a server is in its job: shard 0 or the only one, another shard, or the one that says how the
 * job has ended. {@code later} runs one task at a time, on a thread of its own.
 */
@FunctionalInterface
public interface Role {

  /**
   * On shard 0, the streams of the others: they may come before this server is assembled, as it
   * depends on all where they begin.
   */
  default Optional<ShardStreams> others(ScheduledExecutorService later) {
    return Optional.empty();
  }

  /**
   * @throws TimeoutException if one of the others does not come in time
   */
  Assembly assemble(ScheduledExecutorService later, Optional<ShardStreams> others)
      throws IOException, InterruptedException, TimeoutException;

  /**
   * Returns what the next server at this address is, once another shard was lost for this reason.
   */
  default Role next(String why) {
    return this;
  }
}
