package io.cordee.server.checkpoint;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Versions that a shard can go on from, one behind the other.
 *
 * @param first of them
 * @param last of them
 */
public record Versions(int first, int last) {

  /** Every shard can begin anew. */
  public static final Versions START = new Versions(0, 0);

  public Versions {
    if (first < 0 || last < first) {
      throw new IllegalArgumentException("there are no versions " + first + " to " + last);
    }
  }

  /** Those that are not behind a version. */
  public static List<Versions> upTo(int version, List<Versions> kept) {
    return kept.stream()
        .filter(range -> range.first <= version)
        .map(range -> new Versions(range.first, Math.min(range.last, version)))
        .toList();
  }

  public boolean has(int version) {
    return first <= version && version <= last;
  }

  /**
   * The latest version that all shards have; 0 if there is no other.
   *
   * @param ofShards what each of them has kept
   */
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
