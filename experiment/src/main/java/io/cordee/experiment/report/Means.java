package io.cordee.experiment.report;

import io.cordee.common.job.data.Split;
import io.cordee.experiment.run.Group;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.RunNote;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.StandardDeviation;
import org.apache.commons.statistics.inference.TTest;

/**
 * The mean of the figure that counts, over the seeds and folds of each group, with its standard
 * deviation, and whether the best group is better than each other one by more than chance: a paired
 * t-test over the seeds and folds that both have, two-sided.
 *
 * @param result the figure
 * @param rows in the order of the groups
 */
public record Means(RunResult result, List<Row> rows) {

  /** Seeds, from which on a deviation says something. */
  private static final int FEWEST = 3;

  private static final int FEW_DECIMALS = 4;
  private static final int MOST_DECIMALS = 12;

  /** How what {@link #csv} gives begins. */
  public static final String CSV = "label,runs,mean,deviation,best,p\n";

  /** How what {@link #latex} gives begins. */
  public static final String LATEX = "\\begin{tabular}{lrrr}\n  & runs & ";

  private static final String FOLD = "data.split.fold";

  /**
   * @param chance of a difference from the best as large as this or larger, if there were none;
   *     empty for the best itself, and where fewer than three seeds are in both
   */
  public record Row(
      String label,
      int runs,
      double mean,
      double deviation,
      boolean isBest,
      OptionalDouble chance) {}

  /** Of groups with several seeds; empty if there are no two such. */
  public static Optional<Means> of(ReportSource source) {
    List<Group> groups =
        withoutFolds(source).stream().filter(group -> group.runs().size() >= FEWEST).toList();
    return Optional.of(RunResult.counting(groups))
        .filter(result -> groups.size() > 1)
        .filter(
            result -> groups.stream().allMatch(group -> figures(group, result).size() >= FEWEST))
        .map(result -> new Means(result, rows(groups, result)));
  }

  private static List<Row> rows(List<Group> groups, RunResult result) {
    Comparator<Group> byMean =
        Comparator.comparingDouble(group -> Mean.of(values(figures(group, result))).getAsDouble());
    Group best = groups.stream().max(result.isLoss() ? byMean.reversed() : byMean).orElseThrow();
    Map<String, Double> ofBest = figures(best, result);
    List<Row> rows = new ArrayList<>();
    for (Group group : groups) {
      Map<String, Double> figures = figures(group, result);
      double[] values = values(figures);
      rows.add(
          new Row(
              group.label(),
              values.length,
              Mean.of(values).getAsDouble(),
              StandardDeviation.of(values).getAsDouble(),
              group == best,
              group == best ? OptionalDouble.empty() : chance(ofBest, figures)));
    }
    return rows;
  }

  private static double[] values(Map<String, Double> figures) {
    return figures.values().stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** What of two runs has to be the same for them to be a pair: the seed, and the fold. */
  private static String place(Run run) {
    long seed = run.note().map(RunNote::seed).orElse(0L);
    return seed + " " + run.job().data().split().map(Split::fold).orElse(1);
  }

  /** Groups that differ in nothing but the fold are one. */
  private static List<Group> withoutFolds(ReportSource source) {
    Set<String> axes = source.axes().keySet();
    Map<Map<String, String>, List<Run>> merged = new LinkedHashMap<>();
    for (Group group : source.groups()) {
      Map<String, String> settings = new LinkedHashMap<>(group.settings());
      settings.keySet().retainAll(axes);
      settings.remove(FOLD);
      merged.computeIfAbsent(settings, key -> new ArrayList<>()).addAll(group.runs());
    }
    return merged.entrySet().stream().map(e -> new Group(e.getKey(), e.getValue())).toList();
  }

  /** By seed and fold; runs that have none, as they failed, are left out. */
  private static Map<String, Double> figures(Group group, RunResult result) {
    Map<String, Double> figures = new LinkedHashMap<>();
    for (Run run : group.runs()) {
      double figure = result.of(run);
      if (Double.isFinite(figure)) {
        figures.put(place(run), figure);
      }
    }
    return figures;
  }

  private static OptionalDouble chance(Map<String, Double> best, Map<String, Double> other) {
    List<String> seeds = best.keySet().stream().filter(other::containsKey).toList();
    if (seeds.size() < FEWEST) {
      return OptionalDouble.empty();
    }
    double[] a = seeds.stream().mapToDouble(best::get).toArray();
    double[] b = seeds.stream().mapToDouble(other::get).toArray();
    double p = TTest.withDefaults().pairedTest(a, b).getPValue();
    // Without any difference there is nothing to divide by.
    return Double.isNaN(p) ? OptionalDouble.empty() : OptionalDouble.of(p);
  }

  /** Two digits of the deviation, and as many decimals of the mean. */
  private static String both(Row row, String between) {
    int decimals =
        row.deviation() > 0
            ? Math.max(
                0, Math.min(MOST_DECIMALS, 1 - (int) Math.floor(Math.log10(row.deviation()))))
            : FEW_DECIMALS;
    String format = "%." + decimals + "f";
    return String.format(Locale.ROOT, format + "%s" + format, row.mean(), between, row.deviation());
  }

  private static String chance(Row row) {
    return row.chance().isPresent()
        ? row.chance().getAsDouble() < 0.001
            ? "< 0.001"
            : String.format(Locale.ROOT, "%.3f", row.chance().getAsDouble())
        : "";
  }

  String html() {
    return new Table<Row>()
            .names("", Row::label)
            .numbers("runs", row -> Integer.toString(row.runs()))
            .cells(
                result.title() + ", mean ± s.d.",
                row -> TableCell.of(both(row, " ± ")).best(row.isBest()))
            .numbers("p", row -> row.isBest() ? "best" : chance(row))
            .html("Means over seeds and folds", rows)
        + "<p class=\"hint\">p: two-sided paired t-test against the best, over seeds and folds,"
        + " without correction for multiple comparisons.</p>\n";
  }

  /** As CSV, with full precision. */
  public String csv() {
    return CSV
        + rows.stream()
            .map(
                row ->
                    "\"%s\",%d,%s,%s,%b,%s\n"
                        .formatted(
                            row.label().replace("\"", "\"\""),
                            row.runs(),
                            row.mean(),
                            row.deviation(),
                            row.isBest(),
                            row.chance().isPresent() ? row.chance().getAsDouble() : ""))
            .collect(Collectors.joining());
  }

  /** As a table for LaTeX, without packages. */
  public String latex() {
    return LATEX
        + tex(result.title())
        + " & $p$ \\\\\n  \\hline\n"
        + rows.stream().map(this::latex).collect(Collectors.joining())
        + "  \\hline\n  \\multicolumn{4}{l}{\\footnotesize $p$: two-sided paired $t$-test against the"
        + " best, uncorrected for multiple comparisons} \\\\\n"
        + "\\end{tabular}\n";
  }

  private String latex(Row row) {
    String mean = "$" + both(row, " \\pm ") + "$";
    String p = chance(row);
    return "  %s & %d & %s & %s \\\\\n"
        .formatted(
            tex(row.label()),
            row.runs(),
            row.isBest() ? "\\textbf{" + mean + "}" : mean,
            p.isEmpty() ? "" : "$" + p + "$");
  }

  private static String tex(String text) {
    return text.replace("\\", "\\textbackslash ")
        .replaceAll("([&%$#_{}])", "\\\\$1")
        .replace("^", "\\textasciicircum ")
        .replace("~", "\\textasciitilde ");
  }
}
