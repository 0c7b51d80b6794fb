package io.cordee.server.observe;

/**
 * Something that happened, for people.
 *
 * @param number counts up
 * @param time milliseconds since 1970
 * @param round that it speaks of, or the last one that is measured
 */
public record Event(long number, long time, int round, Kind kind, String text) {

  public enum Kind {
    STARTED,
    JOINED,
    LEFT,
    WAITING,
    WARNING,
    LEASES,
    CHECKPOINT,
    HEALED,
    RESUMED,
    ENDED
  }
}
