package io.cordee.experiment.run;

import io.cordee.common.job.file.JobFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Runs that differ in their seed alone.
 *
 * @param settings axis to value; what tells it from other groups
 * @param runs at least one
 */
public record Group(Map<String, String> settings, List<Run> runs) {

  private static final String COMPARISON = "comparison";
  private static final String CELLS = "cells";
  private static final Pattern SEEDS_AND_NAME = Pattern.compile("(?m)^(name| +seed): .*$");

  public Group {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    runs = List.copyOf(runs);
  }

  /**
   * Puts the runs of cells together that differ in their seed alone, in the order of the first. If
   * some are of different comparisons, though their settings are the same or they are on different
   * data, the name of the comparison is a setting of all.
   */
  public static List<Group> ofCells(List<Run> runs) {
    List<Group> groups = grouped(runs, Group::settings);
    if (groups.stream().allMatch(Group::areSeedsOfOne) && !areOfOtherData(runs)) {
      return groups;
    }
    Map<Run, String> names = comparisons(runs);
    return grouped(
        runs,
        run -> {
          Map<String, String> settings = new LinkedHashMap<>();
          settings.put(COMPARISON, names.get(run));
          settings.putAll(settings(run));
          return settings;
        });
  }

  private static List<Group> grouped(List<Run> runs, Function<Run, Map<String, String>> settings) {
    Map<Map<String, String>, List<Run>> bySettings = new LinkedHashMap<>();
    for (Run run : runs) {
      bySettings.computeIfAbsent(settings.apply(run), key -> new ArrayList<>()).add(run);
    }
    return bySettings.entrySet().stream().map(e -> new Group(e.getKey(), e.getValue())).toList();
  }

  private static Map<String, String> settings(Run run) {
    return run.note().map(RunNote::settings).orElse(Map.of());
  }

  private boolean areSeedsOfOne() {
    return IntStream.range(1, runs.size())
        .allMatch(i -> isAnotherSeed(runs.get(i), runs.subList(0, i)));
  }

  /** Returns whether data is varied by nothing but the choice of comparisons. */
  private static boolean areOfOtherData(List<Run> runs) {
    return runs.stream().map(Group::comparison).distinct().count() > 1
        && runs.stream().map(run -> run.job().data()).distinct().count() > 1;
  }

  private static boolean isAnotherSeed(Run run, List<Run> others) {
    Run first = others.get(0);
    boolean hasSameRows =
        run.rowsPerRound().isEmpty()
            || first.rowsPerRound().isEmpty()
            || run.rowsPerRound().equals(first.rowsPerRound());
    return hasSameRows
        && withoutSeeds(run).equals(withoutSeeds(first))
        && others.stream().noneMatch(other -> seed(other) == seed(run));
  }

  private static String withoutSeeds(Run run) {
    return SEEDS_AND_NAME.matcher(JobFile.write(run.job())).replaceAll("");
  }

  private static long seed(Run run) {
    return run.note().map(RunNote::seed).orElse(0L);
  }

  /** The folder of the comparison that a cell is of. */
  private static Path comparison(Run run) {
    Path cells = run.folder().toAbsolutePath().normalize().getParent();
    return cells.endsWith(CELLS) && cells.getParent() != null ? cells.getParent() : cells;
  }

  /**
   * What to call each run's comparison: by its folder, with a number for another folder of that
   * name, or where cells of one folder are no seeds of each other.
   */
  private static Map<Run, String> comparisons(List<Run> runs) {
    Map<String, Path> folders = new LinkedHashMap<>();
    Map<Map.Entry<String, Map<String, String>>, List<Run>> taken = new LinkedHashMap<>();
    Map<Run, String> names = new IdentityHashMap<>();
    for (Run run : runs) {
      Path folder = comparison(run);
      for (int i = 1; !names.containsKey(run); i++) {
        String name = folder.getFileName() + (i == 1 ? "" : " (" + i + ")");
        List<Run> together =
            taken.computeIfAbsent(Map.entry(name, settings(run)), key -> new ArrayList<>());
        if (folders.computeIfAbsent(name, key -> folder).equals(folder)
            && (together.isEmpty() || isAnotherSeed(run, together))) {
          together.add(run);
          names.put(run, name);
        }
      }
    }
    return names;
  }

  /** The values, for people: {@code adam 256}. */
  public String label() {
    return settings.isEmpty() ? runs.get(0).job().name() : String.join(" ", settings.values());
  }

  /** The spread of a number over the runs; NaN counts as not there. */
  public Optional<Spread> spread(ToDoubleFunction<Run> number) {
    return Spread.of(runs.stream().mapToDouble(number).toArray());
  }

  public long failed() {
    return runs.stream().filter(Run::hasFailed).count();
  }
}
