package io.cordee.experiment.compare;

import io.cordee.common.file.WholeFile;
import io.cordee.common.run.Measure;
import io.cordee.experiment.report.NumberText;
import io.cordee.experiment.report.ReportSource;
import io.cordee.experiment.report.RunResult;
import io.cordee.experiment.report.Table;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.Run.Scale;
import io.cordee.experiment.run.RunNote;
import io.cordee.experiment.run.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes {@code results.csv}: a row for each cell. */
public final class ResultsFile {

  public static final String NAME = "results.csv";

  private static final List<Scale> COSTS = List.of(Scale.ROUNDS, Scale.SECONDS, Scale.BYTES);

  private ResultsFile() {}

  /** Writes it, as a whole or not at all; {@code folder} is the comparison's. */
  public static void write(Path folder, ReportSource comparison) throws IOException {
    Set<String> axes = comparison.note().orElseThrow().axes().keySet();
    WholeFile.write(folder.resolve(NAME), table(axes, comparison).csv(comparison.runs()));
  }

  private static Table<Run> table(Set<String> axes, ReportSource comparison) {
    List<Measure> measures =
        Measure.all().stream()
            .filter(
                measure ->
                    measure.isOfEveryJob()
                        || comparison.runs().stream()
                            .anyMatch(run -> Double.isFinite(run.metrics().last(measure))))
            .toList();
    Table<Run> table = new Table<>();
    axes.forEach(axis -> table.names(axis, of(note -> note.settings().getOrDefault(axis, ""))));
    table.words("seed", of(note -> String.valueOf(note.seed())));
    table.words("outcome", Run::end);
    table.words("rounds", run -> number(run.metrics().lastRound()));
    table.words("rows_seen", run -> number(run.spent(Scale.ROWS)));
    table.words("bytes", run -> number(run.spent(Scale.BYTES)));
    table.words("seconds", run -> String.format(Locale.ROOT, "%.3f", run.metrics().lastSeconds()));
    for (Measure measure : measures) {
      table.words(measure.column(), run -> number(run.metrics().last(measure)));
    }
    table.words("best_test_accuracy", run -> number(run.metrics().bestTestAccuracy()));
    table.words("best_round", run -> number(RunResult.BEST_ROUND.of(run)));
    for (Measure measure : measures) {
      table.words(measure.column() + "_of_best_round", run -> number(run.atBest(measure)));
    }
    table.words("solved", run -> run.canBeSolved() ? String.valueOf(run.isSolved()) : "");
    table.words("rounds_to_solve", run -> run.isSolved() ? number(run.metrics().lastRound()) : "");
    for (Target target : comparison.targets()) {
      for (Scale cost : COSTS) {
        table.words(lower(cost) + "_to_" + target.text(), run -> number(target.cost(run, cost)));
      }
    }
    table.words("settings", ResultsFile::optimizer);
    table.words("settings_from", of(RunNote::source));
    table.words("digest", run -> run.metrics().digest());
    table.words("message", Run::message);
    table.words("folder", run -> String.valueOf(run.folder().getFileName()));
    return table;
  }

  /** What the note of a run says; nothing if there is none. */
  private static Function<Run, String> of(Function<RunNote, String> part) {
    return run -> run.note().map(part).orElse("");
  }

  private static String lower(Enum<?> name) {
    return name.name().toLowerCase(Locale.ROOT);
  }

  /** Every setting of the run's optimizer: {@code learning_rate=0.1 beta=0.9}. */
  private static String optimizer(Run run) {
    return run.job().optimizer().settings().values().entrySet().stream()
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
