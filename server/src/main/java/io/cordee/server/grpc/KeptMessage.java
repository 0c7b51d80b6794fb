package io.cordee.server.grpc;

import io.cordee.proto.v1.ShardHello;
import io.cordee.server.checkpoint.Versions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What a shard says it has kept. */
final class KeptMessage {

  /** Runs of versions; each is a checkpoint with its journal. */
  private static final int MOST = 10_000;

  private KeptMessage() {}

  /**
   * The versions that the shard can go on from.
   *
   * @param isSameJob whether versions kept of a job, as YAML, are of use
   * @throws IllegalArgumentException if it cannot be
   */
  static List<Versions> versions(ShardHello hello, Predicate<String> isSameJob) {
    if (hello.getKeptCount() > MOST) {
      throw new IllegalArgumentException(
          "a shard has kept at most " + MOST + " runs of versions; found " + hello.getKeptCount());
    }
    List<Versions> kept = new ArrayList<>();
    kept.add(Versions.START);
    if (isSameJob.test(hello.getJob())) {
      hello.getKeptList().forEach(v -> kept.add(new Versions(v.getFirst(), v.getLast())));
    }
    return kept;
  }
}
