package io.cordee.experiment.compare;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.Nearest;
import io.cordee.common.measure.Metric;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.OptimizerDefinition;
import io.cordee.common.optimizer.Setting;
import io.cordee.common.run.Measure;
import io.cordee.experiment.grid.Axis;
import io.cordee.experiment.grid.Budget;
import io.cordee.experiment.grid.Cell;
import io.cordee.experiment.grid.Grid;
import io.cordee.experiment.grid.GridException;
import io.cordee.experiment.grid.Planner;
import io.cordee.experiment.grid.Planner.Planned;
import io.cordee.experiment.run.ComparisonNote.Tuned;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.RunMetrics;
import io.cordee.experiment.run.RunNote;
import io.cordee.experiment.run.Spread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks for the best settings of a combination: each of a few is tried on one seed, with a part of
 * the budget. Many are tried with a small part of it, and the better third again with three times
 * as much, until few are left (successive halving: Jamieson & Talwalkar 2016, with a third).
 *
 * @param ranges every combination of their values is tried, of those that the optimizer has
 * @param by over the last tenth of the trial
 * @param share of the budget that the longest trials may spend
 */
public record Tuning(List<Axis> ranges, Measure by, double share) {

  private static final double LAST = 0.1;

  /** Up to this many trials are run at full length right away. */
  private static final int FEW = 7;

  /** One trial in this many is promoted to a longer one. */
  private static final int KEPT = 3;

  /** The best values for a combination; no overrides if its optimizer has none of the settings. */
  record Found(List<String> overrides, Optional<Tuned> tuned) {}

  /**
   * Refuses ranges that could not be tried, before anything is trained.
   *
   * @throws GridException if no optimizer has such a setting, it is varied as well, or a value is
   *     none of it
   */
  void check(List<Planned> cells, Planner planner) {
    List<OptimizerDefinition> optimizers =
        cells.stream().map(each -> each.job().optimizer().definition()).distinct().toList();
    ranges.forEach(range -> checkKey(range, optimizers, planner.grid()));
    Set<Map<String, String>> checked = new HashSet<>();
    for (Planned each : cells) {
      if (checked.add(each.cell().settings())) {
        for (Map<String, String> trial : trials(each.job())) {
          try {
            planner.plan(each.cell(), planner.budget(), overrides(trial), "trial");
          } catch (GridException e) {
            throw new GridException("--tune: " + e.getMessage());
          }
        }
      }
    }
  }

  private void checkKey(Axis range, List<OptimizerDefinition> optimizers, Grid grid) {
    String key = range.setting();
    if (grid.axes().stream().anyMatch(axis -> axis.name().equals(range.name()))) {
      throw new GridException("--tune " + key + ": it is varied as well; give only one of them");
    }
    if (ranges.stream().filter(other -> other.name().equals(range.name())).count() > 1) {
      throw new GridException("--tune " + key + ": given twice; expected one range for a setting");
    }
    if (optimizers.stream().anyMatch(optimizer -> keys(optimizer).contains(key))) {
      return;
    }
    if (OptimizerCatalog.all().stream().anyMatch(optimizer -> keys(optimizer).contains(key))) {
      throw new GridException(
          "--tune %s: no optimizer of this comparison has it: %s"
              .formatted(
                  key,
                  optimizers.stream()
                      .map(
                          optimizer ->
                              optimizer.name() + " has " + String.join(", ", keys(optimizer)))
                      .collect(Collectors.joining("; "))));
    }
    if (OptimizerCatalog.all().stream()
        .flatMap(optimizer -> optimizer.settings().stream())
        .anyMatch(setting -> setting.names().contains(key))) {
      throw new GridException(
          "--tune %s: expected a setting that is a number; give its words with --vary optimizer.%s"
              .formatted(key, key));
    }
    List<String> known = optimizers.stream().flatMap(r -> keys(r).stream()).distinct().toList();
    throw new GridException(
        "--tune %s: unknown key%s (expected: %s)"
            .formatted(
                key,
                Nearest.to(key, known).map(near -> "; did you mean \"" + near + "\"?").orElse(""),
                String.join(", ", known)));
  }

  /** Returns the settings of an optimizer that can be tuned: numbers. */
  private static List<String> keys(OptimizerDefinition optimizer) {
    return optimizer.settings().stream()
        .filter(setting -> setting instanceof Setting.Number)
        .flatMap(setting -> setting.names().stream())
        .toList();
  }

  /** Runs the trials for the combination of this cell. */
  Found find(
      Cell cell, Planner planner, ComparisonCells cells, Path folder, ComparisonListener listener)
      throws IOException, InterruptedException {
    Planned usual = planner.plan(cell, planner.budget(), List.of(), "");
    List<Map<String, String>> trials = trials(usual.job());
    if (trials.get(0).isEmpty()) {
      return new Found(List.of(), Optional.empty());
    }
    Budget longest = part(planner.budget(), usual.job());
    Map<String, String> scores = new LinkedHashMap<>();
    List<Map<String, String>> left = trials;
    for (int longer = longer(trials.size()); longer >= 0; longer--) {
      Budget part = longest.part(Math.pow(KEPT, -longer));
      Path at = folder.resolve(cell.folder() + (longer == 0 ? "" : "_" + fileName(part.text())));
      Map<Map<String, String>, Double> scored = new LinkedHashMap<>();
      for (Map<String, String> trial : left) {
        String name = name(trial);
        Planned planned = planner.plan(cell, part, overrides(trial), "trial");
        listener.trying(planned, name);
        Run tried = cells.run(planned, at.resolve(fileName(name)), rounds -> {});
        if (tried.end().equals(RunNote.End.INTERRUPTED)) {
          throw new InterruptedException("interrupted while tuning");
        }
        double score = score(tried);
        scores.put(name, Double.isNaN(score) ? "" : String.format(Locale.ROOT, "%.5g", score));
        scored.put(trial, score);
      }
      left = best(scored, longer == 0 ? 1 : (left.size() + KEPT - 1) / KEPT);
    }
    Map<String, String> best = left.isEmpty() ? Map.of() : left.get(0);
    String how = how(trials.size(), cell, longest);
    Tuned tuned = new Tuned(cell.label(), scores, name(best), how, isAtTheEdge(best));
    listener.found(tuned);
    return new Found(overrides(best), Optional.of(tuned));
  }

  private static String fileName(String name) {
    return name.replaceAll("[^\\w.+-]+", "_");
  }

  /** How many times the best trials are promoted to longer ones. */
  private static int longer(int trials) {
    return trials <= FEW ? 0 : 1 + longer((trials + KEPT - 1) / KEPT);
  }

  /** The best {@code count}, best first; failed ones are left out. */
  private List<Map<String, String>> best(Map<Map<String, String>, Double> scored, int count) {
    Comparator<Map.Entry<Map<String, String>, Double>> byScore = Map.Entry.comparingByValue();
    return scored.entrySet().stream()
        .filter(trial -> !Double.isNaN(trial.getValue()))
        .sorted(isLoss() ? byScore : byScore.reversed())
        .limit(count)
        .map(Map.Entry::getKey)
        .toList();
  }

  private boolean isLoss() {
    return by.kind() == Metric.Kind.LOSS;
  }

  private String how(int trials, Cell cell, Budget longest) {
    int longer = longer(trials);
    return String.format(
        Locale.ROOT,
        "by %s, of %d trials on seed %d with %s%s",
        by.title().toLowerCase(Locale.ROOT),
        trials,
        cell.seed(),
        longer == 0 ? "" : longest.part(Math.pow(KEPT, -longer)).text() + " up to ",
        longest.text());
  }

  /**
   * Every combination of the settings that the job's optimizer has; an empty one if it has none.
   */
  private List<Map<String, String>> trials(Job job) {
    List<String> keys = keys(job.optimizer().definition());
    return Grid.combinations(
        ranges.stream().filter(range -> keys.contains(range.setting())).toList());
  }

  private static List<String> overrides(Map<String, String> trial) {
    return trial.entrySet().stream().map(set -> set.getKey() + "=" + set.getValue()).toList();
  }

  private static String name(Map<String, String> trial) {
    return String.join(" ", overrides(trial)).replace("optimizer.", "");
  }

  private boolean isAtTheEdge(Map<String, String> best) {
    return ranges.stream()
        .anyMatch(
            range -> {
              List<String> values = range.values();
              String found = best.get(range.name());
              return values.get(0).equals(found) || values.get(values.size() - 1).equals(found);
            });
  }

  private Budget part(Budget budget, Job job) {
    return budget.kind() == Budget.Kind.JOB
        ? new Budget(Budget.Kind.ROUNDS, Math.ceil(job.stop().rounds() * share))
        : budget.part(share);
  }

  /** NaN for a run that failed. */
  private double score(Run run) {
    RunMetrics metrics = run.metrics();
    if (run.hasFailed()) {
      return Double.NaN;
    }
    int from = (int) Math.ceil(metrics.lastRound() * (1 - LAST));
    double[] measured = metrics.of(by);
    int row = Arrays.binarySearch(metrics.rounds(), from);
    double[] late = Arrays.copyOfRange(measured, row < 0 ? -row - 1 : row, measured.length);
    return Spread.of(late).map(Spread::median).orElse(metrics.last(by));
  }
}
