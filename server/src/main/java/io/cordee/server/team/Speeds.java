package io.cordee.server.team;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measured speeds of workers per compute thread, relative to the median. All count as equal until
 * one clearly differs, round after round: transient effects must not change plans. {@code
 * LeaseManager} says what else is done about a straggler.
 */
public final class Speeds {

  /** Ratio from which a worker counts as faster or slower than the others. */
  private static final double CLEARLY = 2;

  /** Hysteresis: below this ratio it counts as equal again; above, its speed has changed again. */
  private static final double ALIKE = 1.5;

  /** A difference has to last for this many rounds in a row, */
  private static final int ROUNDS = 3;

  /** and for this long, in nanoseconds: processes on one machine delay each other for a while. */
  private static final long LASTING = 2_000_000_000;

  /** Rounds that are not measured, while a process warms up. */
  private static final int WARM_UP = 2;

  private static final int RECENT = 15;

  /**
   * For how long, in nanoseconds, a measurement holds at first: a worker that gets nothing is not
   * measured, and may only have been cold. Doubles each time it expires.
   */
  private static final long VALID = 5_000_000_000L;

  private static final long VALID_AT_MOST = 60_000_000_000L;

  /** For how many rounds it holds at least. */
  private static final int VALID_ROUNDS = 5;

  /**
   * What a worker did of a round.
   *
   * @param units how much it was asked for
   * @param nanos how long it took
   * @param isDone whether it was done with it when the round ended
   */
  public record Took(int threads, int units, long nanos, boolean isDone) {

    /** Units per thread and nanosecond; about half of what they may be at most, if not done. */
    private double rate() {
      return units / ((double) threads * Math.max(1, nanos)) / (isDone ? 1 : 2);
    }
  }

  /** As what a worker shows itself in a round, compared to what it counts as. */
  private enum Trend {
    SLOWER,
    SAME,
    FASTER
  }

  private static final class Known {

    /** What its speed counts as, relative to the median. */
    double factor = 1;

    Trend trend = Trend.SAME;

    /** Since when, for how many rounds, and the last of these. */
    long since;

    int rounds;
    final Deque<Double> last = new ArrayDeque<>();

    int measured;
    long at;
    long valid = VALID;

    /** Rounds since then, that one included. */
    int unmeasured;

    void show(Trend now, double relative, long from) {
      if (trend != now) {
        trend = now;
        since = from;
        rounds = 0;
        last.clear();
      }
      rounds++;
      last.addFirst(relative);
      if (last.size() > RECENT) {
        last.removeLast();
      }
    }

    boolean isSettled(long now) {
      return trend != Trend.SAME && rounds >= ROUNDS && now - since >= LASTING;
    }

    void settle(double to) {
      factor = to > 1 / ALIKE && to < ALIKE ? 1 : to;
      trend = Trend.SAME;
    }

    double median() {
      return last.stream().sorted().skip(last.size() / 2).findFirst().orElseThrow();
    }
  }

  private final Map<WorkerId, Known> workers = new HashMap<>();

  /** What the worker is worth in a plan: its threads, or more or less than those. */
  public double of(WorkerId worker, int threads) {
    return threads * factor(worker);
  }

  private double factor(WorkerId worker) {
    Known known = workers.get(worker);
    return known == null ? 1 : known.factor;
  }

  /** Returns whether all of these count as equally fast. */
  public boolean areAlike(Iterable<WorkerId> team) {
    for (WorkerId worker : team) {
      if (factor(worker) != 1) {
        return false;
      }
    }
    return true;
  }

  /** Counts the worker as fast as any other again; returns whether it did not before. */
  public boolean forget(WorkerId worker) {
    Known known = workers.remove(worker);
    return known != null && known.factor != 1;
  }

  /**
   * Takes what was measured in a round.
   *
   * @param round of workers that had something to do
   * @return workers that count as faster or slower from now on than before
   */
  public List<WorkerId> measured(Map<WorkerId, Took> round, long now) {
    List<WorkerId> changed = new ArrayList<>();
    if (round.size() > 1) {
      Took middle = middle(round);
      new LinkedHashMap<>(round)
          .forEach(
              (worker, took) -> {
                if (hasChanged(worker, took, middle, now)) {
                  changed.add(worker);
                }
              });
    }
    workers.forEach(
        (worker, known) -> {
          if (known.unmeasured++ > VALID_ROUNDS
              && known.factor != 1
              && now - known.at > known.valid) {
            known.valid = Math.min(2 * known.valid, VALID_AT_MOST);
            known.settle(1);
            changed.add(worker);
          }
        });
    return changed;
  }

  private static Took middle(Map<WorkerId, Took> round) {
    List<Took> byRate = new ArrayList<>(round.values());
    byRate.sort((a, b) -> Double.compare(a.rate(), b.rate()));
    return byRate.get(byRate.size() / 2);
  }

  private boolean hasChanged(WorkerId worker, Took took, Took middle, long now) {
    Known known = workers.computeIfAbsent(worker, w -> new Known());
    known.at = now;
    known.unmeasured = 0;
    if (++known.measured <= WARM_UP) {
      return false;
    }
    double relative = took.rate() / middle.rate();
    known.show(trend(relative, known.factor), relative, now - took.nanos());
    if (!known.isSettled(now)) {
      return false;
    }
    known.settle(known.median());
    return true;
  }

  private static Trend trend(double relative, double factor) {
    double clearly = factor == 1 ? CLEARLY : ALIKE;
    if (relative * clearly < factor) {
      return Trend.SLOWER;
    }
    return relative > factor * clearly ? Trend.FASTER : Trend.SAME;
  }
}
