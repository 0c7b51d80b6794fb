package io.cordee.server.checkpoint;

import java.util.List;

/**
 * A version that a shard can resume from.
 *
 * @param run the id of the run that it is of; empty for one of an older version of Cordee
 * @param rows that it was trained on; empty if unknown
 */
public record KeptVersion(int version, String run, String rows) {

  public KeptVersion {
    if (version < 0) {
      throw new IllegalArgumentException("there is no version " + version);
    }
  }

  /** Returns true if both are of one run, on the same rows as far as these are known. */
  public boolean isOfRunOf(KeptVersion other) {
    boolean areRowsKnown = !rows.isEmpty() && !other.rows.isEmpty();
    return run.equals(other.run) && (!areRowsKnown || rows.equals(other.rows));
  }

  /** Returns the latest version that all shards have kept; 0, the start, if there is no other. */
  public static int latestCommon(List<List<KeptVersion>> ofShards) {
    return ofShards.stream()
        .flatMap(List::stream)
        .mapToInt(KeptVersion::version)
        .filter(version -> ofShards.stream().allMatch(kept -> has(kept, version)))
        .max()
        .orElse(0);
  }

  private static boolean has(List<KeptVersion> kept, int version) {
    return kept.stream().anyMatch(one -> one.version == version);
  }
}
