package io.cordee.cli.server;

import io.cordee.common.reduce.Shard;
import io.cordee.proto.connection.HostAndPort;
import io.cordee.server.grpc.Gate;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A process as a member of the team that trains a job.
 *
 * @param name what the lines of its log begin with
 * @param address where it listens
 * @param lead where shard 0 listens, for the others
 * @param workers that the first round waits for
 * @param isTeamComplete whether no others will come
 * @param patience how long other shards are waited for
 * @param beside what else it does
 * @param joiners who is to be started when it listens
 * @param join the command that starts one of them, given where it listens
 */
public record TeamMember(
    String name,
    Shard shard,
    HostAndPort address,
    Optional<HostAndPort> lead,
    int workers,
    boolean isTeamComplete,
    Duration patience,
    Gate gate,
    Beside beside,
    String joiners,
    Function<HostAndPort, String> join) {

  /** What runs beside the server, once that can be found. */
  @FunctionalInterface
  public interface Beside {

    Beside NOTHING = onFailure -> () -> {};

    /** Starts it; the result closes it. */
    Runnable start(Consumer<String> onFailure);
  }
}
