package io.cordee.cli.init;

import io.cordee.common.job.data.TableFormat;
import io.cordee.common.text.OutsideText;
import io.cordee.worker.data.table.ColumnSurvey;
import io.cordee.worker.data.table.ColumnSurvey.Found;
import io.cordee.worker.data.table.TableSurvey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A job for a table that nobody has described, with the reasons beside what was chosen. */
public final class DraftedJob {

  /** Whole numbers with no more different values than this are classes, not measurements. */
  private static final int MOST_CLASSES = 20;

  /** Texts with more different values are ids: an input for each would be too many. */
  private static final int MOST_CATEGORIES = 50;

  private static final int ID_DIM = 8;
  private static final int WORD_DIM = 16;
  private static final int HASHED = 1 << 16;

  /** Texts that repeat more often than this say more as a whole than by their words. */
  private static final int MOST_REPEATS = 10;

  /** Characters that the words of all columns may take, so that a model can hold them. */
  private static final long MOST_OF_DICTIONARIES = 500_000;

  /** Numbers of a word where there is nothing but words, which then go straight to the classes. */
  private static final int TEXT_DIM = 128;

  private static final int FEWEST_HIDDEN = 8;

  /** As above, of a regression: fewer cannot bend enough to follow a value. */
  private static final int FEWEST_HIDDEN_OF_VALUES = 32;

  private static final int MOST_HIDDEN = 64;

  /** Partitions are no smaller than this many rows, unless that leaves too few. */
  private static final int ROWS_OF_PARTITION = 64;

  private static final int FEWEST_PARTITIONS = 4;
  private static final int LONGEST_SHOWN = 40;

  /** So that some can be held out. */
  private static final int FEWEST_ROWS = 10;

  private static final int MOST_PARTITIONS = 32;
  private static final int ROWS_TO_SPARE = 1000;
  private static final int MANY_ROWS = 20_000;

  private final TableSurvey table;
  private final Path file;
  private final ColumnSurvey label;
  private final Map<String, Long> labels;
  private final boolean isRegression;
  private final long unlabelled;
  private final List<String> features = new ArrayList<>();
  private final List<String> categories = new ArrayList<>();
  private final List<Ids> ids = new ArrayList<>();
  private final List<String> ignored = new ArrayList<>();
  private final List<String> naValues = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private int inputs;
  private boolean hasMissing;
  private boolean hasDates;
  private final List<ColumnSurvey> words = new ArrayList<>();

  /**
   * @param how what {@code data.ids} says of the column, and why
   */
  private record Ids(String name, int dim, String how) {}

  /** {@code file} is as the job is to name it, {@code label} the index of its column. */
  public DraftedJob(TableSurvey table, Path file, int label) {
    this.table = table;
    this.file = file;
    this.label = table.columns().get(label);
    isRegression =
        this.label.isNumeric(table.rows())
            && (!this.label.areWhole() || this.label.texts().size() > MOST_CLASSES);
    labels = this.label.labels();
    unlabelled = isRegression ? this.label.missing() : this.label.empty();
    table.columns().stream().filter(it -> it != this.label).forEach(this::choose);
    chooseWords();
  }

  private void choose(ColumnSurvey column) {
    long rows = table.rows();
    if (!column.hasCells()) {
      ignore(column, "is a list or a group", "give each row one value to use it");
    } else if (isNearlyAll(column.numbers(), column, column.notNumbers())) {
      countAsMissing(column, column.numbers(), "numbers", column.notNumbers());
      addNumbers(column);
    } else if (column.numbers() == 0 && isNearlyAll(column.dates(), column, column.notDates())) {
      countAsMissing(column, column.dates(), "dates", column.notDates());
      addDates(column);
    } else if (column.odd().stream().anyMatch(text -> text.matches("\\d+[/.-]\\d+[/.-]\\d{4}.*"))) {
      ignore(column, "seems to hold dates", "write them as 2025-12-31 or 2025/12/31 to use it");
    } else if (2 * column.dates() > rows - column.missing() && !column.isDate(rows)) {
      ignore(column, column.dates(), "dates", column.notDates());
    } else if (holdsWords(column)) {
      features.add(column.name());
      words.add(column);
    } else if (column.isLikeAnId(rows)) {
      ignore(
          column, "is different in each row, like an id", "if it is none, take it out of ignore");
    } else if (column.missing() == rows) {
      ignore(column, "has no value", "fill it to use it");
    } else if (column.isNumeric(rows)) {
      addNumbers(column);
    } else if (column.isDate(rows)) {
      addDates(column);
    } else if (column.differentTexts() == 1) {
      ignore(column, "is the same in each row", "nothing can be learned from it");
    } else if (column.isMostlyNumeric(rows) && column.differentTexts() > MOST_CLASSES) {
      ignore(column, column.numbers(), "numbers", column.notNumbers());
    } else if (column.differentTexts() > MOST_CATEGORIES) {
      chooseIds(column);
    } else {
      inputs += column.differentTexts() + 1;
      features.add(column.name());
      categories.add(column.name());
      hasMissing |= column.empty() > 0;
    }
  }

  private void addNumbers(ColumnSurvey column) {
    inputs++;
    features.add(column.name());
    hasMissing |= column.missing() > 0;
  }

  private void addDates(ColumnSurvey column) {
    column.dateParts().forEach(part -> features.add(column.name() + "." + part));
    inputs += column.dateParts().size();
    hasDates = true;
    hasMissing |= column.missing() > 0;
  }

  /** True if the other cells of a column of numbers or dates are so few that they are slips. */
  private boolean isNearlyAll(long ofKind, ColumnSurvey column, List<Found> others) {
    long odd = table.rows() - column.missing() - ofKind;
    return odd > 0
        && odd <= Math.max(1, (odd + ofKind) / 100)
        && ofKind > 8 * odd
        && others.size() <= ColumnSurvey.MOST_ODD;
  }

  private void countAsMissing(ColumnSurvey column, long ofKind, String kind, List<Found> others) {
    others.stream().map(Found::text).filter(it -> !naValues.contains(it)).forEach(naValues::add);
    hasMissing = true;
    remark(
        column,
        "has " + oddCells(column, kind, ofKind, others),
        "They count as missing (na_values); correct them if they are slips");
  }

  private boolean holdsWords(ColumnSurvey column) {
    return column.holdsWords(table.rows())
        && (column.isLikeAnId(table.rows()) || column.differentTexts() > MOST_CATEGORIES)
        && column.repeats(table.rows()) < MOST_REPEATS;
  }

  /** Leaves out no more rare words than it takes for a model to hold the others. */
  private void chooseWords() {
    int fewest = 1;
    while (fewest < ColumnSurvey.FEWEST_OF_A_WORD && dictionaries(fewest) > MOST_OF_DICTIONARIES) {
      fewest++;
    }
    long left = MOST_OF_DICTIONARIES;
    for (ColumnSurvey column : words) {
      long characters = column.dictionary(fewest);
      boolean areFew = characters <= left;
      left -= areFew ? characters : 0;
      int dim = isText() ? TEXT_DIM : WORD_DIM;
      inputs += dim;
      ids.add(
          new Ids(
              quoted(column.name()),
              dim,
              "split: \" \", pool: %s, %s}   # its words: most cells hold several, and few cells repeat"
                  .formatted(
                      isText() && !isSmall() ? "sum" : "mean",
                      areFew ? "min_count: " + fewest : "hash: " + HASHED)));
    }
  }

  private double dictionaries(int fewest) {
    return words.stream().mapToDouble(it -> it.dictionary(fewest)).sum();
  }

  /** Returns true if rows are texts with classes and nothing else. */
  private boolean isText() {
    return !isRegression && !words.isEmpty() && words.size() == features.size();
  }

  private void chooseIds(ColumnSurvey column) {
    if (column.repeats(table.rows()) < 2) {
      ignore(
          column,
          "has texts that rarely repeat",
          "to use its words, give it under data.ids with split");
      return;
    }
    choose(
        column,
        ID_DIM,
        (column.texts().size() <= TableSurvey.MOST_TEXTS
                ? "min_count: 2}   # rarer ones share a row"
                : "hash: %d}   # some share a row".formatted(HASHED))
            + "; each cell is one id, as its texts repeat");
    hasMissing |= column.empty() > 0;
  }

  private void choose(ColumnSurvey column, int dim, String how) {
    inputs += dim;
    features.add(column.name());
    ids.add(new Ids(quoted(column.name()), dim, how));
  }

  private String oddCells(ColumnSurvey column, String kind, long ofKind, List<Found> others) {
    long cells = table.rows() - column.missing();
    return "cells that are not %s (%,d of %,d%s)"
        .formatted(kind, cells - ofKind, cells, first(others.stream().findFirst()));
  }

  private static String first(Optional<Found> found) {
    return found
        .map(
            it ->
                ", the first in %s: '%s'"
                    .formatted(it.row(), OutsideText.printable(it.text(), LONGEST_SHOWN)))
        .orElse("");
  }

  private void ignore(ColumnSurvey column, long ofKind, String kind, List<Found> others) {
    ignored.add(column.name());
    remark(
        column,
        "has " + oddCells(column, kind, ofKind, others),
        "It is left out; correct or empty these cells, or list their texts in na_values, to use it");
  }

  private void ignore(ColumnSurvey column, String why, String advice) {
    ignored.add(column.name());
    String cells = " (%,d cells%s)".formatted(table.rows(), first(column.first()));
    remark(column, why + cells, "It is left out; " + advice);
  }

  private void remark(ColumnSurvey column, String found, String advice) {
    remarks.add("%s %s. %s.".formatted(quoted(column.name()), found, advice));
  }

  /** Lines on the columns that are left out or have odd cells, with the reason. */
  public List<String> remarks() {
    return remarks;
  }

  public int featureCount() {
    return features.size();
  }

  /** Returns whether the label is a number to regress on. */
  public boolean isRegression() {
    return isRegression;
  }

  /** How many rows each class has; none of a regression. */
  public Map<String, Long> classes() {
    return isRegression ? Map.of() : labels;
  }

  /** How many rows have a label; others are left out. */
  public long rows() {
    return table.rows() - unlabelled;
  }

  /** Returns whether processes would take longer to start than to train. */
  public boolean isSmall() {
    return rows() < MANY_ROWS;
  }

  /** The columns that are neither label nor feature. */
  public List<String> ignored() {
    return ignored;
  }

  /** Why there can be no such job; empty if there can. */
  public String obstacle() {
    if (rows() < FEWEST_ROWS) {
      return "expected at least %d rows with a label; found %d".formatted(FEWEST_ROWS, rows());
    }
    if (features.isEmpty()) {
      return "expected a feature besides '%s'; found only ids, constants and texts that rarely repeat"
          .formatted(label.name());
    }
    if (!label.hasCells()) {
      return "column '%s' is a list or a group; expected one value in each row"
          .formatted(label.name());
    }
    if (!isRegression && label.isMostlyNumeric(table.rows()) && labels.size() > MOST_CLASSES) {
      return "the label, column '%s', has %s"
          .formatted(
              label.name(),
              oddCells(label, "numbers", label.numbers(), label.notNumbers())
                  + "; correct or empty these");
    }
    if (!isRegression && label.texts().size() > TableSurvey.MOST_TEXTS) {
      return "column '%s' has more than %,d different labels"
          .formatted(label.name(), TableSurvey.MOST_TEXTS);
    }
    if (!isRegression && labels.size() < 2) {
      return "column '%s' has the same label in every row".formatted(label.name());
    }
    return "";
  }

  public String text() {
    int outputs = isRegression ? 1 : labels.size();
    int useful = inputs - categories.size(); // those of texts that are new later on say nothing yet
    int fewest = isRegression ? FEWEST_HIDDEN_OF_VALUES : FEWEST_HIDDEN;
    int hidden = Math.max(fewest, Math.min(MOST_HIDDEN, useful + outputs));
    long wanted = Math.max(FEWEST_PARTITIONS, table.rows() / ROWS_OF_PARTITION);
    long partitions = Math.min(MOST_PARTITIONS, Math.min(wanted, table.rows() / 2));
    List<String> lines = new ArrayList<>();
    lines.add(
        "# Drafted from %s: %,d rows of %,d columns."
            .formatted(file.getFileName(), table.rows(), table.columns().size()));
    lines.add("model:");
    lines.add(
        isText()
            ? "  layers: [%d]     # classes; what the words give goes straight to them"
                .formatted(outputs)
            : "  layers: [%s%d, %d]     # %shidden units, %s"
                .formatted(
                    ids.isEmpty() ? inputs + ", " : "",
                    hidden,
                    outputs,
                    ids.isEmpty() ? "inputs (auto counts them), " : "",
                    isRegression ? "the target" : "classes"));
    if (isRegression) {
      lines.add("  output: linear");
    }
    lines.add("data:");
    remarks.forEach(remark -> lines.add("  # " + remark));
    lines.add("  train:");
    addFile(lines);
    lines.add(
        isRegression
            ? "    targets: [" + quoted(label.name()) + "]"
            : "    label: " + quoted(label.name()));
    if (isRegression) {
      lines.add(
          "    # Two classes instead? label: {column: %s, above: NUMBER}; remove both targets and model.output, end layers with 2."
              .formatted(quoted(label.name())));
    }
    if (hasDates) {
      lines.add("    features: " + list(features));
    }
    if (!ignored.isEmpty()) {
      lines.add("    ignore: " + list(ignored));
    }
    if (!naValues.isEmpty()) {
      lines.add(
          "    na_values: " + list(naValues) + "   # missing values where numbers or dates belong");
    }
    lines.add(
        isText()
            ? "  split: {validation: 0.1, test: 0.1, seed: 1}   # rows held out to stop by, and to test on"
            : stopsEarly()
                ? "  split: {validation: 0.15, test: 0.2, seed: 1}   # rows held out to stop by, and to test on"
                : "  split: {test: 0.2, seed: 1}   # a fifth of the rows is held out to test on");
    addIds(lines);
    addPreprocessing(lines);
    classes().entrySet().stream()
        .min(Map.Entry.comparingByValue())
        .filter(least -> 5.0 * least.getValue() * outputs < rows())
        .ifPresent(
            least -> {
              lines.add(
                  "# Class '%s' has only %.1f %% of the rows. The next line weighs all classes alike: it"
                      .formatted(
                          OutsideText.printable(least.getKey(), LONGEST_SHOWN),
                          100.0 * least.getValue() / rows()));
              lines.add(
                  "# finds more rows of rare classes, and makes more mistakes over all rows.");
              lines.add("# regularize: {balance_classes: true}");
            });
    lines.add("optimizer: " + optimizer());
    lines.add("partitions: " + partitions + "     # at most so many threads share the work");
    if (!isSmall()) {
      long trained = rows() * (isText() ? 80 : 65) / 100;
      lines.add("batch: 1024");
      lines.add("evaluate_every: " + (1 + trained / 1024) + "     # rounds: an epoch");
      lines.add(
          "stop: {epochs: 30, patience: 3%s}   # earlier, once validation no longer improves for 3 epochs"
              .formatted(isText() ? ", monitor: validation_accuracy" : ""));
    } else if (isText()) {
      lines.add("evaluate_every: 1");
      lines.add(
          "stop: {rounds: 60, patience: 10, monitor: validation_accuracy}   # earlier, once validation no longer improves");
    } else if (stopsEarly()) {
      lines.add("evaluate_every: 1");
      lines.add(
          "stop: {%s}   # earlier, once validation no longer improves"
              .formatted(
                  isRegression ? "rounds: 1000, patience: 50" : "rounds: 300, patience: 20"));
    } else {
      lines.add("stop: {rounds: 40}");
    }
    return String.join("\n", lines) + "\n";
  }

  private String optimizer() {
    if (isText()) {
      return isSmall() ? "{name: irprop-, max_step: 0.5}" : "{name: adam, learning_rate: 0.002}";
    }
    return isSmall() ? "{name: rprop, max_step: 0.05}" : "{name: adam, learning_rate: 0.001}";
  }

  /**
   * Returns whether there are rows to spare for that, or values, which are soon learned by heart.
   */
  private boolean stopsEarly() {
    return isRegression || table.rows() >= ROWS_TO_SPARE;
  }

  private void addFile(List<String> lines) {
    Optional<TableFormat.Csv> csv =
        table.format() instanceof TableFormat.Csv it ? Optional.of(it) : Optional.empty();
    lines.add("    format: " + (csv.isPresent() ? "csv" : "parquet"));
    lines.add("    file: " + quoted(file.toString()));
    if (csv.isPresent() && !csv.get().header()) {
      lines.add("    header: false      # the first line is a row; columns are counted from 0");
    }
    if (csv.isPresent() && csv.get().separator() != ',') {
      lines.add("    separator: " + quoted(String.valueOf(csv.get().separator())));
    }
  }

  private void addIds(List<String> lines) {
    if (!ids.isEmpty()) {
      lines.add("  ids:      # texts get rows of a table, whose numbers are inputs");
    }
    ids.forEach(it -> lines.add("    %s: {dim: %d, %s".formatted(it.name, it.dim, it.how)));
  }

  /** What is counted in the rows before the job is trained, as if it had been. */
  public List<String> counted() {
    if (ids.isEmpty()) {
      return List.of();
    }
    String rows =
        ids.stream()
            .map(it -> it.name + ": {dim: %d, rows: 2}".formatted(it.dim))
            .collect(Collectors.joining(", ", "{", "}"));
    return List.of("model.inputs=" + inputs, "data.ids=" + rows);
  }

  private void addPreprocessing(List<String> lines) {
    if (categories.isEmpty() && !hasMissing && !isRegression && unlabelled == 0) {
      lines.add("  preprocess: standardize       # every feature to mean 0 and deviation 1");
      return;
    }
    lines.add("  preprocess:");
    lines.add("    scale: standardize      # numbers to mean 0 and deviation 1");
    if (hasMissing) {
      lines.add("    missing: median         # in place of cells without a number");
    }
    if (!categories.isEmpty()) {
      lines.add("    categories: " + list(categories) + "   # an input for each text");
      lines.add("    unknown: other          # and one for all texts that are new later on");
    }
    if (unlabelled > 0) {
      lines.add("    unlabelled: drop        # rows without a label: %,d".formatted(unlabelled));
    }
    if (isRegression) {
      lines.add("    targets: standardize    # as the features; predictions are values again");
    }
  }

  private static String list(List<String> columns) {
    return columns.stream().map(DraftedJob::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String quoted(String text) {
    boolean isPlain = text.matches("[A-Za-z_][A-Za-z0-9_./-]*") && !isWord(text);
    return isPlain
        ? text
        : '"'
            + text.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\t", "\\t")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
            + '"';
  }

  /** What YAML may take for something else than a text. */
  private static boolean isWord(String text) {
    return Set.of("null", "true", "false", "yes", "no", "on", "off", "y", "n")
        .contains(text.toLowerCase(Locale.ROOT));
  }
}
