package io.cordee.experiment.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Runs that differ in their seed alone.
 *
 * @param settings axis to value; what tells it from other groups
 * @param runs at least one
 */
public record Group(Map<String, String> settings, List<Run> runs) {

  public Group {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    runs = List.copyOf(runs);
  }

  /** Puts the runs of cells together that have the same settings, in the order of the first. */
  public static List<Group> ofCells(List<Run> runs) {
    Map<Map<String, String>, List<Run>> bySettings = new LinkedHashMap<>();
    for (Run run : runs) {
      Map<String, String> settings = run.note().map(RunNote::settings).orElse(Map.of());
      bySettings.computeIfAbsent(settings, key -> new ArrayList<>()).add(run);
    }
    return bySettings.entrySet().stream().map(e -> new Group(e.getKey(), e.getValue())).toList();
  }

  /** The values, for people: {@code adam 256}. */
  public String label() {
    return settings.isEmpty() ? runs.get(0).job().name() : String.join(" ", settings.values());
  }

  /** The spread of a number over the runs; NaN counts as not there. */
  public Optional<Spread> spread(ToDoubleFunction<Run> number) {
    return Spread.of(runs.stream().mapToDouble(number).toArray());
  }

  /** How many runs have failed. */
  public long failed() {
    return runs.stream().filter(Run::hasFailed).count();
  }
}
