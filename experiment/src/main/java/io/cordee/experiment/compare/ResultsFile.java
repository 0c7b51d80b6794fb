package io.cordee.experiment.compare;

import io.cordee.common.file.WholeFile;
import io.cordee.common.run.Measure;
import io.cordee.experiment.report.NumberText;
import io.cordee.experiment.report.ReportSource;
import io.cordee.experiment.report.RunResult;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.Run.Scale;
import io.cordee.experiment.run.RunNote;
import io.cordee.experiment.run.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;

/** Writes {@code results.csv}: a row for each cell. */
public final class ResultsFile {

  public static final String NAME = "results.csv";

  private static final List<Scale> COSTS = List.of(Scale.ROUNDS, Scale.SECONDS, Scale.BYTES);

  private record Column(String name, Function<Run, Object> value) {}

  private ResultsFile() {}

  /** Writes it, as a whole or not at all; {@code folder} is the comparison's. */
  public static void write(Path folder, ReportSource comparison) throws IOException {
    Set<String> axes = comparison.note().orElseThrow().axes().keySet();
    List<Column> columns = columns(axes, comparison);
    StringBuilder text = new StringBuilder();
    CSVFormat format = CSVFormat.DEFAULT.builder().setRecordSeparator('\n').get();
    format.printRecord(text, columns.stream().map(Column::name).toArray());
    for (Run run : comparison.runs()) {
      format.printRecord(text, columns.stream().map(column -> column.value().apply(run)).toArray());
    }
    WholeFile.write(folder.resolve(NAME), text.toString());
  }

  private static List<Column> columns(Set<String> axes, ReportSource comparison) {
    List<Measure> measures =
        Measure.all().stream()
            .filter(
                measure ->
                    measure.isOfEveryJob()
                        || comparison.runs().stream()
                            .anyMatch(run -> Double.isFinite(run.metrics().last(measure))))
            .toList();
    List<Column> columns = new ArrayList<>();
    axes.forEach(
        axis -> columns.add(new Column(axis, of(note -> note.settings().getOrDefault(axis, "")))));
    columns.add(new Column("seed", of(RunNote::seed)));
    columns.add(new Column("outcome", Run::end));
    columns.add(new Column("rounds", run -> run.metrics().lastRound()));
    columns.add(new Column("rows_seen", run -> number(run.spent(Scale.ROWS))));
    columns.add(new Column("bytes", run -> number(run.spent(Scale.BYTES))));
    columns.add(
        new Column(
            "seconds", run -> String.format(Locale.ROOT, "%.3f", run.metrics().lastSeconds())));
    for (Measure measure : measures) {
      columns.add(new Column(measure.column(), run -> number(run.metrics().last(measure))));
    }
    columns.add(new Column("best_test_accuracy", run -> number(run.metrics().bestTestAccuracy())));
    columns.add(new Column("best_round", run -> number(RunResult.BEST_ROUND.of(run))));
    for (Measure measure : measures) {
      columns.add(
          new Column(measure.column() + "_of_best_round", run -> number(run.atBest(measure))));
    }
    columns.add(new Column("solved", run -> run.canBeSolved() ? run.isSolved() : ""));
    columns.add(
        new Column("rounds_to_solve", run -> run.isSolved() ? run.metrics().lastRound() : ""));
    for (Target target : comparison.targets()) {
      for (Scale cost : COSTS) {
        columns.add(
            new Column(
                lower(cost) + "_to_" + target.text(), run -> number(target.cost(run, cost))));
      }
    }
    columns.add(new Column("settings", ResultsFile::rule));
    columns.add(new Column("settings_from", of(RunNote::source)));
    columns.add(new Column("digest", run -> run.metrics().digest()));
    columns.add(new Column("message", Run::message));
    columns.add(new Column("folder", run -> run.folder().getFileName()));
    return columns;
  }

  /** What the note of a run says; nothing if there is none. */
  private static Function<Run, Object> of(Function<RunNote, Object> part) {
    return run -> run.note().map(part).orElse("");
  }

  private static String lower(Enum<?> name) {
    return name.name().toLowerCase(Locale.ROOT);
  }

  /** Every setting of the run's rule: {@code learning_rate=0.1 beta=0.9}. */
  private static String rule(Run run) {
    return run.job().rule().settings().values().entrySet().stream()
        .map(setting -> setting.getKey() + "=" + NumberText.setting(setting.getValue()))
        .collect(Collectors.joining(" "));
  }

  private static String number(double value) {
    if (!Double.isFinite(value)) {
      return "";
    }
    boolean isWhole = value == Math.rint(value) && Math.abs(value) < 1e15;
    return isWhole ? String.valueOf((long) value) : String.valueOf(value);
  }
}
