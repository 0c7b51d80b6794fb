package io.cordee.server.shard;

import io.cordee.common.reduce.Shard;
import io.cordee.server.checkpoint.KeptVersions;
import java.util.OptionalInt;

/**
 * What a shard says of itself when it comes to shard 0.
 *
 * @param kept what it can go on from
 * @param readyAt where its chunks stand, if shard 0 has told it to begin there
 */
public record Presence(Shard shard, KeptVersions kept, OptionalInt readyAt) {

  /** The same shard, when its chunks stand at a version. */
  public Presence readyAt(int version) {
    return new Presence(shard, kept, OptionalInt.of(version));
  }
}
