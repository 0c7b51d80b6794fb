package io.cordee.bench.chaos;

import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/** How often what has happened. */
final class Tally {

  private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);

  void add(Kind kind) {
    counts.merge(kind, 1, Integer::sum);
  }

  int of(Kind kind) {
    return counts.getOrDefault(kind, 0);
  }

  int total() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** By groups, in one line. */
  @Override
  public String toString() {
    Map<Kind.Group, Integer> groups = new EnumMap<>(Kind.Group.class);
    counts.forEach((kind, count) -> groups.merge(kind.group(), count, Integer::sum));
    return groups.entrySet().stream()
        .map(group -> group.getValue() + " " + group.getKey().text())
        .collect(Collectors.joining(", "));
  }
}
