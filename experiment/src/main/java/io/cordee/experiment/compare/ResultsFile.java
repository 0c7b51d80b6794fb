package io.cordee.experiment.compare;

import io.cordee.common.file.WholeFile;
import io.cordee.experiment.report.Figures;
import io.cordee.experiment.run.Metrics;
import io.cordee.experiment.run.Metrics.Measure;
import io.cordee.experiment.run.Run;
import io.cordee.experiment.run.Run.Scale;
import io.cordee.experiment.run.RunNote;
import io.cordee.experiment.run.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;

/** Writes {@code results.csv}: a row for each cell. */
public final class ResultsFile {

  /** Its name in the folder of a comparison. */
  public static final String NAME = "results.csv";

  private static final List<Scale> COSTS = List.of(Scale.ROUNDS, Scale.SECONDS, Scale.BYTES);

  private ResultsFile() {}

  /**
   * Writes it, as a whole or not at all.
   *
   * @param axes the names of what is varied
   */
  public static void write(Path file, List<String> axes, List<Run> runs, List<Target> targets)
      throws IOException {
    StringBuilder text = new StringBuilder();
    CSVFormat format = CSVFormat.DEFAULT.builder().setRecordSeparator('\n').get();
    format.printRecord(text, header(axes, targets).toArray());
    for (Run run : runs) {
      format.printRecord(text, row(axes, run, targets).toArray());
    }
    WholeFile.write(file, text.toString());
  }

  private static List<String> header(List<String> axes, List<Target> targets) {
    List<String> names = new ArrayList<>(axes);
    names.addAll(
        List.of(
            "seed",
            "outcome",
            "rounds",
            "rows_seen",
            "bytes",
            "seconds",
            "loss",
            "train_accuracy",
            "test_accuracy",
            "best_test_accuracy",
            "solved",
            "rounds_to_solve"));
    for (Target target : targets) {
      for (Scale cost : COSTS) {
        names.add(cost.name().toLowerCase(Locale.ROOT) + "_to_" + target.text());
      }
    }
    names.addAll(List.of("settings", "settings_from", "digest", "message", "folder"));
    return names;
  }

  private static List<Object> row(List<String> axes, Run run, List<Target> targets) {
    Map<String, String> settings = run.note().map(RunNote::settings).orElse(Map.of());
    Metrics metrics = run.metrics();
    int last = metrics.size() - 1;
    List<Object> row = new ArrayList<>();
    axes.forEach(axis -> row.add(settings.getOrDefault(axis, "")));
    row.add(run.note().map(note -> String.valueOf(note.seed())).orElse(""));
    row.add(run.end());
    row.add(metrics.lastRound());
    row.add(last < 0 ? "" : number(run.at(Scale.ROWS, last)));
    row.add(last < 0 ? "" : number(run.at(Scale.BYTES, last)));
    row.add(String.format(Locale.ROOT, "%.3f", metrics.lastSeconds()));
    row.add(number(metrics.last(Measure.LOSS)));
    row.add(number(metrics.last(Measure.TRAIN_ACCURACY)));
    row.add(number(metrics.last(Measure.TEST_ACCURACY)));
    row.add(number(metrics.bestTestAccuracy()));
    row.add(run.canBeSolved() ? String.valueOf(run.isSolved()) : "");
    row.add(run.isSolved() ? String.valueOf(metrics.lastRound()) : "");
    for (Target target : targets) {
      COSTS.forEach(cost -> row.add(number(target.cost(run, cost))));
    }
    row.add(rule(run));
    row.add(run.note().map(RunNote::source).orElse(""));
    row.add(metrics.digest());
    row.add(run.message());
    row.add(run.folder().getFileName());
    return row;
  }

  /** Every setting of the run's rule: {@code learning_rate=0.1 beta=0.9}. */
  private static String rule(Run run) {
    return run.job().rule().settings().values().entrySet().stream()
        .map(setting -> setting.getKey() + "=" + Figures.setting(setting.getValue()))
        .collect(Collectors.joining(" "));
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() ? number(value.getAsDouble()) : "";
  }

  private static String number(double value) {
    if (!Double.isFinite(value)) {
      return "";
    }
    boolean isWhole = value == Math.rint(value) && Math.abs(value) < 1e15;
    return isWhole ? String.valueOf((long) value) : String.valueOf(value);
  }
}
