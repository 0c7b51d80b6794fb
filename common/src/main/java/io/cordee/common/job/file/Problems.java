package io.cordee.common.job.file;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What is wrong with a job: collected, so that one attempt shows it all. */
final class Problems {

  private static final int SHOWN = 10;

  private record Problem(Place place, String path, String text) {
    @Override
    public String toString() {
      boolean named =
          path.isEmpty() || place instanceof Place.Setting set && set.key().equals(path);
      return place + ": " + (named ? "" : path + ": ") + text;
    }
  }

  private final List<Problem> all = new ArrayList<>();

  /** The same, to find those that are there already. */
  private final Set<Problem> known = new HashSet<>();

  /**
   * @param path the key with those above it, as in {@code data.train.labels}; empty for the whole
   */
  void add(Place place, String path, String text) {
    add(all.size(), place, path, text);
  }

  /**
   * @param at where to insert it among those found so far
   * @return whether it is new
   */
  boolean add(int at, Place place, String path, String text) {
    Problem problem = new Problem(place, path, Quote.sentence(text));
    if (!known.add(problem)) {
      return false;
    }
    all.add(at, problem);
    return true;
  }

  int count() {
    return all.size();
  }

  /** What {@code make} makes, unless it refuses: then that is a problem here, in its words. */
  <T> Optional<T> attempt(Place place, String path, Supplier<T> make) {
    try {
      return Optional.of(make.get());
    } catch (IllegalArgumentException e) {
      add(place, path, e.getMessage());
      return Optional.empty();
    }
  }

  /** All of them in the order of their places, those beyond the tenth as a number. */
  JobException toException() {
    List<String> lines =
        new ArrayList<>(
            all.stream()
                .sorted(Comparator.comparingLong(problem -> problem.place().order()))
                .limit(SHOWN)
                .map(Problem::toString)
                .toList());
    if (all.size() > SHOWN) {
      lines.add("and " + (all.size() - SHOWN) + " more");
    }
    return new JobException(lines);
  }
}
