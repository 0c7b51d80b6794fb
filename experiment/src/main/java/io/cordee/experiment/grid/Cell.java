package io.cordee.experiment.grid;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One combination of values, with one seed.
 *
 * @param settings axis to value, in the order of the axes
 * @param folder its name below the folder of the comparison; no other cell's
 */
public record Cell(Map<String, String> settings, long seed, String folder) {

  public Cell {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /** The values, for people: {@code adam 256}. */
  public String label() {
    return settings.isEmpty() ? "job" : String.join(" ", settings.values());
  }
}
