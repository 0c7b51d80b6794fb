package io.cordee.experiment.grid;

import io.cordee.common.job.Batch;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.Mlp;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.OptimizerDefinition;
import io.cordee.common.optimizer.OptimizerSpec;
import io.cordee.common.optimizer.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes a job of each cell: the job file, then the cell's values, the settings of its optimizer,
 * {@code --set}, the seed and the budget.
 */
public final class Planner {

  /** What the Rprop family shares: a fair comparison within it gives all of them the same. */
  private static final Set<String> STEP_SIZES =
      Set.of("initial_step", "increase", "decrease", "min_step", "max_step");

  private static final String OPTIMIZER_PREFIX = "optimizer.";

  // Where the settings of a cell's optimizer are from, as in results.
  private static final String JOB = "job";
  private static final String PRESET = "preset";

  /**
   * @param jobFile the built-in job if there is none
   * @param sets {@code key=value}, as after {@code --set}
   * @param own presets of the user's, which win over the job's settings
   */
  public record Origin(
      Optional<Path> jobFile,
      List<String> sets,
      Optional<Presets> own,
      Budget budget,
      long trainRows,
      int workers) {}

  /**
   * A cell that can be run, with its job.
   *
   * @param source of the optimizer's settings
   */
  public record Planned(Cell cell, Job job, String source) {}

  private record OptimizerSettings(List<String> overrides, String source) {}

  private final Origin origin;
  private final Grid grid;
  private final Presets builtIn = Presets.builtIn();
  private final JobOptimizer jobOptimizer;

  /**
   * @throws JobException if the job file is none
   */
  public Planner(Origin origin, Grid grid) {
    this.origin = origin;
    this.grid = grid;
    List<String> whole =
        origin.sets().stream().filter(set -> JobOptimizer.isWhole(keyOf(set))).toList();
    List<String> read = new ArrayList<>(whole);
    origin.sets().stream().filter(Planner::isCounted).forEach(read::add);
    this.jobOptimizer = JobOptimizer.of(origin.jobFile(), whole, read(read).optimizer());
    checkAxes();
  }

  private void checkAxes() {
    for (Axis axis : grid.axes()) {
      for (String set : origin.sets()) {
        String key = keyOf(set);
        if (axis.key().equals(key) || axis.key().startsWith(key + ".")) {
          throw new GridException(
              "--set %s: %s is varied as well; give only one of them".formatted(set, axis.name()));
        }
      }
      boolean endsCells =
          origin.budget().kind() != Budget.Kind.JOB && axis.key().equals("stop.rounds");
      if (endsCells || axis.key().endsWith("seed")) {
        throw new GridException(
            "--vary %s: it is set for each cell by %s; give only one of them"
                .formatted(axis.name(), endsCells ? "--budget" : "--seeds"));
      }
    }
  }

  public Grid grid() {
    return grid;
  }

  public Budget budget() {
    return origin.budget();
  }

  public long trainRows() {
    return origin.trainRows();
  }

  public List<Planned> plan() {
    return grid.cells().stream().map(cell -> plan(cell, origin.budget(), List.of(), "")).toList();
  }

  /**
   * A cell with another budget, or with settings that were found for it.
   *
   * @param tuned {@code optimizer.key=value}
   * @param tunedSource where those are from, in results; empty if there are none
   * @throws GridException if no job can be made of it
   */
  public Planned plan(Cell cell, Budget budget, List<String> tuned, String tunedSource) {
    try {
      List<String> overrides = new ArrayList<>();
      grid.axes().stream()
          .filter(axis -> !axis.isOptimizerSetting())
          .forEach(axis -> overrides.add(axis.key() + "=" + cell.settings().get(axis.name())));
      origin.sets().stream().filter(set -> !isOfOptimizer(set)).forEach(overrides::add);
      Job chosen = read(overrides);
      OptimizerDefinition optimizer = chosen.optimizer().definition();
      requireOneNameOfEachSetting(optimizer);
      OptimizerSettings settings = settings(optimizer, chosen);
      overrides.addAll(settings.overrides());
      Map<String, List<String>> besides = new LinkedHashMap<>();
      besides.put(
          "set",
          origin.sets().stream()
              .filter(set -> isOfOptimizer(set) && isFor(set, optimizer))
              .map(set -> byKey(optimizer, set))
              .toList());
      besides.put(tunedSource, tuned.stream().map(set -> byKey(optimizer, set)).toList());
      besides.put(
          "varied",
          grid.axes().stream()
              .filter(Axis::isOptimizerSetting)
              .map(axis -> varied(axis, cell, optimizer))
              .toList());
      besides.values().forEach(overrides::addAll);
      String seed = chosen.model() instanceof Mlp ? "model.init.seed=" : "model.seed=";
      overrides.add(seed + cell.seed());
      if (chosen.batch() instanceof Batch.Rows) {
        overrides.add("batch.seed=" + cell.seed());
      }
      overrides.addAll(ends(read(overrides), budget));
      return new Planned(cell, read(overrides), source(optimizer, settings.source(), besides));
    } catch (JobException e) {
      throw new GridException(
          (cell.settings().isEmpty() ? "" : "the cell " + cell.settings() + ": ") + e.getMessage());
    }
  }

  /** Where the settings are from: {@code preset; set beta}, as far as any are left to the first. */
  private static String source(
      OptimizerDefinition optimizer, String first, Map<String, List<String>> besides) {
    List<String> own = optimizer.own().stream().map(Setting::key).toList();
    List<String> left = new ArrayList<>(own);
    List<String> parts = new ArrayList<>();
    besides.forEach(
        (how, overrides) -> {
          List<String> keys =
              overrides.stream()
                  .map(override -> keyOf(override).substring(OPTIMIZER_PREFIX.length()))
                  .filter(own::contains)
                  .distinct()
                  .toList();
          left.removeAll(keys);
          if (!keys.isEmpty()) {
            parts.add(how + " " + String.join(", ", keys));
          }
        });
    if (!left.isEmpty() || parts.isEmpty()) {
      parts.add(0, first);
    }
    return String.join("; ", parts);
  }

  private OptimizerSettings settings(OptimizerDefinition optimizer, Job job) {
    Optional<Map<String, String>> own =
        origin.own().flatMap(presets -> presets.of(optimizer.name(), job.batch()));
    if (own.isPresent()) {
      boolean isBuiltIn = origin.own().orElseThrow().isBuiltIn();
      return new OptimizerSettings(
          overrides(optimizer, own.get()), isBuiltIn ? PRESET : "preset file");
    }
    if (jobOptimizer.isSettled()) {
      OptimizerSpec spec = jobOptimizer.spec();
      if (optimizer.name().equals(spec.name())) {
        return new OptimizerSettings(List.of(), JOB);
      }
      if (hasStepSizes(optimizer) && hasStepSizes(spec.definition())) {
        Map<String, String> steps =
            spec.settings().values().entrySet().stream()
                .filter(setting -> STEP_SIZES.contains(setting.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, e -> String.valueOf(e.getValue())));
        String source = JOB + " (" + spec.name() + ")";
        return new OptimizerSettings(overrides(optimizer, steps), source);
      }
    }
    // They are for gradients.
    Optional<Map<String, String>> preset =
        job.local().isPresent() ? Optional.empty() : builtIn.of(optimizer.name(), job.batch());
    return new OptimizerSettings(
        overrides(optimizer, preset.orElse(Map.of())), preset.isPresent() ? PRESET : "defaults");
  }

  private static boolean hasStepSizes(OptimizerDefinition optimizer) {
    return optimizer.settings().stream().map(Setting::key).toList().containsAll(STEP_SIZES);
  }

  /** These settings, and the default for those of the optimizer's own that are not among them. */
  private static List<String> overrides(OptimizerDefinition optimizer, Map<String, String> given) {
    List<String> overrides = new ArrayList<>();
    for (Setting setting : optimizer.settings()) {
      String key = setting.key();
      if (given.containsKey(key)) {
        overrides.add(OPTIMIZER_PREFIX + key + "=" + given.get(key));
      } else if (optimizer.own().contains(setting)) {
        overrides.add(OPTIMIZER_PREFIX + key + "=null");
      }
    }
    return overrides;
  }

  /** Returns whether it is a setting of the optimizer, other than which one it is. */
  private static boolean isOfOptimizer(String set) {
    String key = keyOf(set);
    return key.startsWith(OPTIMIZER_PREFIX) && !key.equals("optimizer.name");
  }

  /** Returns whether it may be a number that the file leaves to be counted. */
  private static boolean isCounted(String set) {
    return set.matches("(model\\.(layers|inputs)|data\\.ids\\b.*)=.*");
  }

  private static String keyOf(String set) {
    return set.substring(0, Math.max(0, set.indexOf('='))).strip();
  }

  /** Of {@code --set}, a setting of an optimizer is for the optimizers that have it. */
  private boolean isFor(String set, OptimizerDefinition optimizer) {
    String key = keyOf(set);
    return has(optimizer, key) || optimizersCompared().stream().noneMatch(r -> has(r, key));
  }

  private List<OptimizerDefinition> optimizersCompared() {
    return grid.axes().stream()
        .filter(axis -> axis.name().equals(Axis.OPTIMIZER))
        .flatMap(axis -> axis.values().stream())
        .flatMap(optimizer -> OptimizerCatalog.find(optimizer).stream())
        .toList();
  }

  private static boolean has(OptimizerDefinition optimizer, String key) {
    return key.startsWith(OPTIMIZER_PREFIX)
        && optimizer.setting(key.substring(OPTIMIZER_PREFIX.length())).isPresent();
  }

  /** An override with the setting's key in place of an alias. */
  private static String byKey(OptimizerDefinition optimizer, String override) {
    return key(optimizer, keyOf(override)) + override.substring(override.indexOf('='));
  }

  private static String key(OptimizerDefinition optimizer, String name) {
    return optimizer
        .setting(name.substring(OPTIMIZER_PREFIX.length()))
        .map(setting -> OPTIMIZER_PREFIX + setting.key())
        .orElse(name);
  }

  private void requireOneNameOfEachSetting(OptimizerDefinition optimizer) {
    Map<String, String> names = new HashMap<>();
    Stream.concat(grid.axes().stream().map(Axis::key), origin.sets().stream().map(Planner::keyOf))
        .filter(name -> has(optimizer, name))
        .forEach(
            name -> {
              String other = names.putIfAbsent(key(optimizer, name), name);
              if (other != null && !other.equals(name)) {
                throw new GridException(
                    name
                        + ": another name for "
                        + other
                        + ", which is given too; leave one of them out");
              }
            });
  }

  private static String varied(Axis axis, Cell cell, OptimizerDefinition optimizer) {
    if (!has(optimizer, axis.key())) {
      throw new GridException(
          "--vary %s: %s has no such setting, so all its cells would be the same; compare it separately, or find each optimizer's best with --tune"
              .formatted(axis.name(), optimizer.name()));
    }
    return byKey(optimizer, axis.key() + "=" + cell.settings().get(axis.name()));
  }

  private List<String> ends(Job job, Budget budget) {
    List<String> ends = new ArrayList<>();
    int rounds = budget.rounds(job, origin.trainRows(), origin.workers());
    if (budget.kind() != Budget.Kind.JOB || job.stop().epochs().isPresent()) {
      ends.add("stop.rounds=" + rounds);
    }
    if (budget.kind() == Budget.Kind.SECONDS) {
      ends.add("stop.minutes=" + budget.amount() / 60);
    }
    if (!isGiven("evaluate_every")) {
      ends.add("evaluate_every=" + budget.evaluateEvery(job, origin.trainRows(), rounds));
    }
    if (!isGiven("checkpoint")) {
      // A cell that was not finished begins again.
      ends.add("checkpoint={every: 0}");
    }
    return ends;
  }

  private boolean isGiven(String key) {
    return origin.sets().stream().anyMatch(set -> set.startsWith(key))
        || grid.axes().stream().anyMatch(axis -> axis.key().startsWith(key));
  }

  private Job read(List<String> overrides) {
    return origin.jobFile().isPresent()
        ? JobFile.read(origin.jobFile().get(), overrides)
        : JobFile.defaultJob(overrides);
  }
}
