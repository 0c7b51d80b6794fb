package io.cordee.common.job;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
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

  private final Set<Problem> all = new LinkedHashSet<>();

  /**
   * @param path the key with those above it, as in {@code data.train.labels}; empty for the whole
   */
  void add(Place place, String path, String text) {
    all.add(new Problem(place, path, Quote.sentence(text)));
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
