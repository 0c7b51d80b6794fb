package io.cordee.server.checkpoint;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Consecutive versions that a shard can resume from, both ends included.
 *
 * @param run the id of the run that they are of; empty for one of an older version of Cordee
 * @param rows that they were trained on; empty if unknown
 */
public record Versions(int first, int last, String run, String rows) {

  public Versions {
    if (first < 0 || last < first) {
      throw new IllegalArgumentException("there are no versions " + first + " to " + last);
    }
  }

  public static List<Versions> upTo(int version, List<Versions> kept) {
    return kept.stream()
        .filter(range -> range.first <= version)
        .map(
            range ->
                new Versions(range.first, Math.min(range.last, version), range.run, range.rows))
        .toList();
  }

  public boolean has(int version) {
    return first <= version && version <= last;
  }

  /** Returns true if both are of one run, on the same rows as far as these are known. */
  public boolean isOfRunOf(Versions other) {
    boolean areRowsKnown = !rows.isEmpty() && !other.rows.isEmpty();
    return run.equals(other.run) && (!areRowsKnown || rows.equals(other.rows));
  }

  /** Returns the latest version that all shards have kept; 0, the start, if there is no other. */
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
