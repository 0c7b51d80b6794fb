package io.cordee.bench.chaos;

import io.cordee.common.random.SplitMix64;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/**
 * Something that happens to a team.
 *
 * @param number from 1
 * @param rounds that the job is to have gained since the event before; 0 if none, so that it may
 *     come while the team still recovers from that
 * @param pause after those
 * @param length how long it lasts: until a stopped process goes on, one that is dead is started
 *     again, or a network is as before
 * @param draw decides who is hit, and what of a file is damaged
 */
record ChaosEvent(int number, Kind kind, int rounds, Duration pause, Duration length, long draw) {

  /** One event in this many waits for rounds; the others may strike during recovery. */
  private static final int ONE_IN = 3;

  private static final int MOST_ROUNDS = 12;
  private static final int LONGEST_PAUSE_MILLIS = 1_500;
  private static final int SHORTEST_MILLIS = 100;
  private static final int LONGEST_MILLIS = 8_000;

  /** The same seed draws the same events; {@code isPossible} tells what may happen to the team. */
  static List<ChaosEvent> draw(long seed, int events, Predicate<Kind> isPossible) {
    List<Kind> urn = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (isPossible.test(kind)) {
        urn.addAll(Collections.nCopies(kind.weight(), kind));
      }
    }
    SplitMix64 random = new SplitMix64(seed);
    List<ChaosEvent> drawn = new ArrayList<>();
    for (int number = 1; number <= events; number++) {
      drawn.add(next(number, urn, random));
    }
    return List.copyOf(drawn);
  }

  private static ChaosEvent next(int number, List<Kind> urn, SplitMix64 random) {
    Kind kind = urn.get(random.nextInt(urn.size()));
    boolean waits = random.nextInt(ONE_IN) == 0;
    int rounds = waits ? 1 + random.nextInt(MOST_ROUNDS) : 0;
    Duration pause = Duration.ofMillis(random.nextInt(LONGEST_PAUSE_MILLIS));
    // Short ones are as likely as long ones, on a logarithmic scale.
    double length =
        SHORTEST_MILLIS * Math.pow((double) LONGEST_MILLIS / SHORTEST_MILLIS, random.nextDouble());
    return new ChaosEvent(
        number, kind, rounds, pause, Duration.ofMillis(Math.round(length)), random.nextLong());
  }

  /** An index below {@code count}, by the draw. */
  int choice(int count) {
    return (int) Long.remainderUnsigned(draw, count);
  }
}
