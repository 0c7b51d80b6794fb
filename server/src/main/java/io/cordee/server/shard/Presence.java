package io.cordee.server.shard;

import io.cordee.common.reduce.Shard;
import io.cordee.server.checkpoint.Versions;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a shard says of itself when it comes to shard 0.
 *
 * @param job as YAML, that it has kept versions of; empty if there are none
 * @param kept those versions
 * @param readyAt where its chunks stand, if shard 0 has told it to begin there
 */
public record Presence(Shard shard, String job, List<Versions> kept, OptionalInt readyAt) {

  /** The same shard, when its chunks stand at a version. */
  public Presence readyAt(int version) {
    return new Presence(shard, job, kept, OptionalInt.of(version));
  }
}
