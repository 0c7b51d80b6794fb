package io.cordee.server.grpc;

import io.cordee.common.reduce.Shard;
import io.cordee.server.checkpoint.CheckpointStore;
import java.util.OptionalInt;

/**
 * What a shard tells shard 0 when it joins.
 *
 * @param kept what it can resume from
 * @param readyAt where its chunks stand, if shard 0 has told it to begin there
 */
public record JoinRequest(Shard shard, CheckpointStore.Kept kept, OptionalInt readyAt) {

  public JoinRequest readyAt(int version) {
    return new JoinRequest(shard, kept, OptionalInt.of(version));
  }
}
