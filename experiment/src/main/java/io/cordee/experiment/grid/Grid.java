package io.cordee.experiment.grid;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/** All combinations of the axes' values, with every seed. */
public record Grid(List<Axis> axes, List<Long> seeds) {

  private static final int MOST_CELLS = 100_000;
  private static final int LONGEST_NAME = 80;

  public Grid {
    axes = List.copyOf(axes);
    seeds = List.copyOf(seeds);
    Set<String> names = new HashSet<>();
    for (Axis axis : axes) {
      if (!names.add(axis.name())) {
        throw new GridException("--vary " + axis.name() + ": given twice");
      }
    }
    long cells = seeds.size();
    for (Axis axis : axes) {
      cells = Math.min(Integer.MAX_VALUE, cells * axis.values().size());
    }
    if (cells < 1 || cells > MOST_CELLS) {
      throw new GridException(
          "the grid has " + cells + " cells; expected 1 to " + MOST_CELLS + "; vary less");
    }
  }

  /** Reads {@code 3}, for the seeds 1 to 3, or {@code 11..30}. */
  public static List<Long> seeds(String text) {
    if (!text.matches("\\d{1,9}(\\.\\.\\d{1,9})?")) {
      throw new GridException(
          "--seeds " + text + ": expected how many, as in 3, or a range, as in 11..30");
    }
    String[] ends = text.split("\\.\\.");
    long first = ends.length == 1 ? 1 : Long.parseLong(ends[0]);
    long last = Long.parseLong(ends[ends.length - 1]);
    if (last < first || last - first >= MOST_CELLS) {
      throw new GridException("--seeds " + text + ": expected 1 to " + MOST_CELLS + " seeds");
    }
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  /** Every combination of the values of these axes once; the later ones change first. */
  public static List<Map<String, String>> combinations(List<Axis> axes) {
    List<Map<String, String>> combinations = List.of(Map.of());
    for (Axis axis : axes) {
      List<Map<String, String>> longer = new ArrayList<>();
      for (Map<String, String> shorter : combinations) {
        for (String value : axis.values()) {
          Map<String, String> settings = new LinkedHashMap<>(shorter);
          settings.put(axis.name(), value);
          longer.add(settings);
        }
      }
      combinations = longer;
    }
    return combinations;
  }

  /** All combinations with the first seed come before any with the second. */
  public List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (long seed : seeds) {
      for (Map<String, String> settings : combinations(axes)) {
        String name = folder(settings, seed);
        String free = name;
        for (int i = 2; !taken.add(free); i++) {
          free = name + "-" + i;
        }
        cells.add(new Cell(settings, seed, free));
      }
    }
    return cells;
  }

  private static String folder(Map<String, String> settings, long seed) {
    String values = String.join("_", settings.values()).replaceAll("[^\\w.+-]+", "_");
    String name = values.isEmpty() || values.startsWith(".") ? "job" + values : values;
    return name.substring(0, Math.min(LONGEST_NAME, name.length())) + "_seed-" + seed;
  }
}
