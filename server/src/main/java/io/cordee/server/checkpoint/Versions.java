package io.cordee.server.checkpoint;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Consecutive versions that a shard can resume from, both ends included. */
public record Versions(int first, int last) {

  /** Every shard can begin anew. */
  public static final Versions START = new Versions(0, 0);

  public Versions {
    if (first < 0 || last < first) {
      throw new IllegalArgumentException("there are no versions " + first + " to " + last);
    }
  }

  public static List<Versions> upTo(int version, List<Versions> kept) {
    return kept.stream()
        .filter(range -> range.first <= version)
        .map(range -> new Versions(range.first, Math.min(range.last, version)))
        .toList();
  }

  public boolean has(int version) {
    return first <= version && version <= last;
  }

  /** The latest version that all shards have kept; 0 if there is no other. */
  public static int latestCommon(List<List<Versions>> ofShards) {
    // The latest of an intersection of ranges is the last of one of them.
    IntStream candidates =
        ofShards.stream().flatMap(List::stream).mapToInt(Versions::last).distinct();
    OptionalInt latest =
        candidates
            .filter(
                version ->
                    ofShards.stream()
                        .allMatch(kept -> kept.stream().anyMatch(range -> range.has(version))))
            .max();
    return latest.orElse(0);
  }
}
