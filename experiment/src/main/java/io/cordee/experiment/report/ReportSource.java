package io.cordee.experiment.report;

import io.cordee.experiment.run.ComparisonNote;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.RunNote;
import io.cordee.experiment.run.RunReader;
import io.cordee.experiment.run.Target;
import io.cordee.server.run.LastRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a report is of.
 *
 * @param note of the comparison; empty for runs that were begun one by one
 * @param groups at least one
 * @param targets empty for those that follow from the results
 */
public record ReportSource(
    String title, Optional<ComparisonNote> note, List<Group> groups, List<Target> targets) {

  private static final String RUN = "run";
  private static final String CELLS = "cells";

  public ReportSource {
    groups = List.copyOf(groups);
    targets = List.copyOf(targets.isEmpty() ? Target.usual(groups) : targets);
  }

  /**
   * Of a comparison; {@code targets} are empty for its own, or those that follow from the results.
   */
  public static ReportSource of(ComparisonNote note, List<Run> runs, List<Target> targets) {
    List<Target> asked =
        targets.isEmpty()
            ? note.targets().stream().flatMap(text -> Target.parse(text).stream()).toList()
            : targets;
    return new ReportSource(note.name(), Optional.of(note), Group.ofCells(runs), asked);
  }

  /**
   * What is in these folders: comparisons, runs, or folders of runs.
   *
   * @param targets empty for those that follow from the results
   * @throws IOException if one of them holds no run
   */
  public static ReportSource read(List<Path> folders, List<Target> targets) throws IOException {
    if (folders.size() == 1) {
      Optional<ComparisonNote> note = ComparisonNote.read(folders.get(0));
      if (note.isPresent()) {
        return of(note.get(), cells(folders.get(0), note.get()), targets);
      }
    }
    Set<Path> runs = new LinkedHashSet<>();
    for (Path folder : folders) {
      runs.addAll(runsIn(folder));
    }
    List<Run> read = new ArrayList<>();
    for (Path folder : runs) {
      read.add(RunReader.read(folder));
    }
    boolean areCells =
        read.stream().allMatch(r -> r.note().filter(n -> !n.settings().isEmpty()).isPresent());
    List<Group> groups = areCells ? Group.ofCells(read) : byFolder(read);
    String title = read.size() == 1 || areCells ? names(read) : read.size() + " runs";
    return new ReportSource(title, Optional.empty(), groups, targets);
  }

  private static String names(List<Run> runs) {
    return runs.stream().map(run -> run.job().name()).distinct().collect(Collectors.joining(", "));
  }

  /** Each run by itself, under the name of its folder. */
  static List<Group> byFolder(List<Run> runs) {
    List<Group> groups = new ArrayList<>();
    for (Run run : runs) {
      Path name = run.folder().toAbsolutePath().normalize().getFileName();
      Map<String, String> settings =
          runs.size() == 1 ? Map.of() : Map.of(RUN, unused(String.valueOf(name), groups));
      groups.add(new Group(settings, List.of(run)));
    }
    return groups;
  }

  /** The runs of a comparison's cells that have ended, in their order. */
  private static List<Run> cells(Path folder, ComparisonNote note) throws IOException {
    List<Run> runs = new ArrayList<>();
    for (String cell : note.cells()) {
      Path run = folder.resolve(CELLS).resolve(cell);
      if (RunReader.isRun(run) && RunNote.read(run).isPresent()) {
        runs.add(RunReader.read(run));
      }
    }
    runs.removeIf(run -> run.end().equals(RunNote.End.INTERRUPTED));
    return runs;
  }

  private static List<Path> runsIn(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(
          folder + ": no such folder; expected a run, or the folder of a comparison");
    }
    List<Path> runs = found(folder);
    if (runs.isEmpty()) {
      throw new IOException(
          folder
              + ": no run in it; expected a folder with metrics.csv, a folder of such folders, or that"
              + " of a comparison");
    }
    return runs;
  }

  /** The same; empty if there are none yet. */
  static List<Path> found(Path folder) throws IOException {
    if (RunReader.isRun(folder)) {
      return List.of(LastRun.followed(folder));
    }
    Path cells = folder.resolve(CELLS);
    try (Stream<Path> inner = Files.list(Files.isDirectory(cells) ? cells : folder)) {
      return inner.filter(RunReader::isRun).map(LastRun::followed).distinct().sorted().toList();
    }
  }

  private static String unused(String name, List<Group> taken) {
    String free = name;
    for (int i = 2; ; i++) {
      String candidate = free;
      if (taken.stream().noneMatch(group -> group.settings().containsValue(candidate))) {
        return candidate;
      }
      free = name + " (" + i + ")";
    }
  }

  /** Its title, with what is varied: {@code digits: optimizer × batch}. */
  public String heading() {
    List<String> varied = axes().keySet().stream().filter(axis -> !axis.equals(RUN)).toList();
    return varied.isEmpty() ? title : title + ": " + String.join(" × ", varied);
  }

  /** What tells a group from the others: {@code adam 256}. */
  public String label(Group group) {
    Set<String> varied = axes().keySet();
    return varied.isEmpty()
        ? group.label()
        : varied.stream()
            .map(axis -> group.settings().getOrDefault(axis, ""))
            .collect(Collectors.joining(" "));
  }

  /** In the order of the cells where there are such. */
  public List<Run> runs() {
    List<String> order = note.map(ComparisonNote::cells).orElse(List.of());
    return groups.stream()
        .flatMap(group -> group.runs().stream())
        .sorted(
            Comparator.comparingInt(
                run -> order.indexOf(String.valueOf(run.folder().getFileName()))))
        .toList();
  }

  /** What could not be read of runs, a line for each. */
  public List<String> damages() {
    return runs().stream()
        .map(run -> run.metrics().damage())
        .filter(damage -> !damage.isEmpty())
        .toList();
  }

  /** The axes on which groups differ, with the values that there are. */
  public Map<String, List<String>> axes() {
    Map<String, List<String>> axes = new LinkedHashMap<>();
    Set<String> names = new LinkedHashSet<>();
    groups.forEach(group -> names.addAll(group.settings().keySet()));
    for (String name : names) {
      List<String> values =
          groups.stream().map(group -> group.settings().getOrDefault(name, "")).distinct().toList();
      if (values.size() > 1) {
        axes.put(name, values);
      }
    }
    return axes;
  }

  /** Scales that every group can be shown over. */
  public List<Run.Scale> scales() {
    return Stream.of(Run.Scale.values())
        .filter(
            scale ->
                runs().stream()
                    .filter(run -> run.metrics().size() > 0)
                    .noneMatch(run -> Double.isNaN(run.at(scale, 0))))
        .toList();
  }
}
