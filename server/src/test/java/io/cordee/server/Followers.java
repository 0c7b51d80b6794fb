package io.cordee.server;

import io.cordee.common.reduce.Shard;
import io.cordee.proto.connection.Dial;
import io.cordee.proto.security.Access;
import io.cordee.server.assembly.FollowerRole;
import io.cordee.server.observe.Traffic;
import io.cordee.server.serving.ParameterServer;
import io.cordee.server.training.TrainingListener;
import java.time.Duration;
import java.util.Optional;

/** Second shards of two that keep nothing. */
public final class Followers {

  private Followers() {}

  /** Of a lead on this machine, in plain text. */
  public static FollowerRole of(ParameterServer lead, TrainingListener listener) {
    return new FollowerRole(
        new Shard(1, 2),
        new Dial("127.0.0.1", lead.port(), Access.OPEN),
        Duration.ofSeconds(20),
        why -> {},
        port -> "",
        Optional.empty(),
        new Traffic(),
        listener);
  }
}
