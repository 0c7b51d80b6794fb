package io.cordee.server.team;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How fast workers turn out to be, each compared to the one in the middle, per compute thread. All
 * count as equally fast until one is clearly not, again and again: plans are not to change for what
 * passes.
 */
public final class Speeds {

  /** A factor that is not chance. */
  private static final double CLEARLY = 2;

  /** A factor that may be. */
  private static final double ALIKE = 1.5;

  /** In a row, if each costs the others {@link #MUCH}. */
  private static final int FEW = 3;

  /** In a row, if not. */
  private static final int MANY = 16;

  private static final long MUCH = Duration.ofMillis(50).toNanos();

  /** A process takes a while to come to speed. */
  private static final int WARM_UP = 2;

  /** What has not been measured for so long may have changed. */
  private static final long VALID = Duration.ofMinutes(1).toNanos();

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

  /** A rate over that of the one in the middle, and the time that lies between them. */
  private record Sample(double relative, long apart) {}

  private static final class Known {
    final Deque<Sample> samples = new ArrayDeque<>();
    double factor = 1;
    int rounds;
    long at;
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

  /** Whether all of these count as equally fast. */
  public boolean areAlike(Iterable<WorkerId> team) {
    for (WorkerId worker : team) {
      if (factor(worker) != 1) {
        return false;
      }
    }
    return true;
  }

  /** It is to be taken for as fast as any other again. */
  public void forget(WorkerId worker) {
    workers.remove(worker);
  }

  /**
   * Takes what was measured in a round.
   *
   * @param round of those who had something to do
   * @return those who count as faster or slower from now on than before
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
          if (known.factor != 1 && now - known.at > VALID) {
            known.factor = 1;
            known.samples.clear();
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
    if (++known.rounds <= WARM_UP) {
      return false;
    }
    known.samples.addFirst(
        new Sample(took.rate() / middle.rate(), Math.abs(took.nanos() - middle.nanos())));
    if (known.samples.size() > MANY) {
      known.samples.removeLast();
    }
    return settle(known, FEW, MUCH) || settle(known, MANY, 0);
  }

  /** Takes over what the last samples say, if they agree that it is clearly something else. */
  private static boolean settle(Known known, int count, long apart) {
    List<Sample> last =
        known.samples.stream().limit(count).filter(sample -> sample.apart() >= apart).toList();
    if (last.size() < count) {
      return false;
    }
    boolean isSlower = last.stream().allMatch(s -> s.relative() * CLEARLY < known.factor);
    boolean isFaster = last.stream().allMatch(s -> s.relative() > known.factor * CLEARLY);
    if (!isSlower && !isFaster) {
      return false;
    }
    double median =
        last.stream()
            .mapToDouble(Sample::relative)
            .sorted()
            .skip(count / 2)
            .findFirst()
            .orElseThrow();
    known.factor = median > 1 / ALIKE && median < ALIKE ? 1 : median;
    known.samples.clear();
    return true;
  }
}
