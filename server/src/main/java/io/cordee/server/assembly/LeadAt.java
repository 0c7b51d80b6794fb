package io.cordee.server.assembly;

import io.cordee.proto.security.Access;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Where shard 0 listens, how it is spoken to, and how long it is waited for.
 *
 * @param onWaiting told why, when it cannot be reached at first
 * @param ownAddress where workers reach the shard that comes to it, given the port it listens at;
 *     "" if they know it from elsewhere
 */
public record LeadAt(
    String host,
    int port,
    Access access,
    Duration patience,
    Consumer<String> onWaiting,
    IntFunction<String> ownAddress) {}
