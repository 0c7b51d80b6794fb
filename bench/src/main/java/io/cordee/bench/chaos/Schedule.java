package io.cordee.bench.chaos;

import io.cordee.common.random.SplitMix64;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The events of a run, drawn from a seed: the same seed, the same events. */
final class Schedule {

  /** One in so many waits for rounds; the others come while the team may still recover. */
  private static final int ONE_IN = 3;

  private static final int MOST_ROUNDS = 12;
  private static final int LONGEST_PAUSE_MILLIS = 1_500;
  private static final int SHORTEST_MILLIS = 100;
  private static final int LONGEST_MILLIS = 8_000;

  private final SplitMix64 random;
  private final List<Kind> urn = new ArrayList<>();

  private Schedule(long seed, int shards, boolean hasJournal) {
    random = new SplitMix64(seed);
    for (Kind kind : Kind.values()) {
      if (kind.isPossible(shards, hasJournal)) {
        Stream.generate(() -> kind).limit(kind.weight()).forEach(urn::add);
      }
    }
  }

  /**
   * Draws the events of a run.
   *
   * @param hasJournal whether the job's steps are journalled
   */
  static List<Event> draw(long seed, int events, int shards, boolean hasJournal) {
    Schedule schedule = new Schedule(seed, shards, hasJournal);
    List<Event> drawn = new ArrayList<>();
    for (int number = 1; number <= events; number++) {
      drawn.add(schedule.next(number));
    }
    return List.copyOf(drawn);
  }

  private Event next(int number) {
    Kind kind = urn.get(random.nextInt(urn.size()));
    boolean waits = random.nextInt(ONE_IN) == 0;
    int rounds = waits ? 1 + random.nextInt(MOST_ROUNDS) : 0;
    Duration pause = Duration.ofMillis(random.nextInt(LONGEST_PAUSE_MILLIS));
    // Short ones are as likely as long ones, on a logarithmic scale.
    double length =
        SHORTEST_MILLIS * Math.pow((double) LONGEST_MILLIS / SHORTEST_MILLIS, random.nextDouble());
    return new Event(
        number, kind, rounds, pause, Duration.ofMillis(Math.round(length)), random.nextLong());
  }
}
