package io.cordee.server.training;

import java.util.List;
import java.util.stream.Collectors;

/** Says which shards have not joined yet. */
final class MissingShards {

  /** In nanoseconds, before it says so. */
  private static final long PATIENCE = 2_000_000_000;

  private final ShardBook book;
  private final TrainingListener listener;
  private final long begunAt;
  private List<Integer> said = List.of();

  MissingShards(ShardBook book, TrainingListener listener, long now) {
    this.book = book;
    this.listener = listener;
    this.begunAt = now;
  }

  void tick(long now) {
    List<Integer> missing = book.missing();
    if (now - begunAt > PATIENCE && !missing.isEmpty() && !missing.equals(said)) {
      said = missing;
      String numbers = missing.stream().map(String::valueOf).collect(Collectors.joining(", "));
      listener.waiting(
          "waiting for " + (missing.size() == 1 ? "shard " : "shards ") + numbers + " to join");
    }
  }
}
