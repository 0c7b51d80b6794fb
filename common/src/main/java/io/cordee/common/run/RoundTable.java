package io.cordee.common.run;

import io.cordee.common.job.Job;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes and reads the lines of {@code metrics.csv}. Columns are found by their names, so that
 * others may stand between them; nothing is quoted, and what was not measured is empty.
 */
public final class RoundTable {

  private static final String ROUND = "round";
  private static final String DIGEST = "digest";

  /** Of every job; its metrics follow. */
  private static final List<String> COLUMNS =
      List.of(
          ROUND,
          Measure.LOSS.column(),
          Measure.TRAIN_ACCURACY.column(),
          Measure.TEST_ACCURACY.column(),
          Measure.SECONDS.column(),
          Measure.ROWS_PER_SECOND.column(),
          DIGEST,
          Measure.TEST_LOSS.column(),
          Measure.VALIDATION_LOSS.column(),
          Measure.VALIDATION_ACCURACY.column());

  /** How the header of every job begins. */
  public static final String HEADER = String.join(",", COLUMNS);

  private static final Map<String, Measure> MEASURES =
      Stream.concat(Measure.all().stream(), Stream.of(Measure.SECONDS, Measure.ROWS_PER_SECOND))
          .collect(Collectors.toMap(Measure::column, Function.identity()));

  private final List<String> columns;

  private RoundTable(List<String> columns) {
    this.columns = columns;
  }

  public static RoundTable of(Job job) {
    List<String> columns = new ArrayList<>(COLUMNS);
    if (job.data().hasTest()) {
      job.metrics().forEach(metric -> columns.add(Measure.test(metric).column()));
    }
    if (job.data().hasValidation()) {
      job.metrics().forEach(metric -> columns.add(Measure.validation(metric).column()));
    }
    return new RoundTable(List.copyOf(columns));
  }

  /**
   * @throws IllegalArgumentException if it names no round, loss or seconds
   */
  public static RoundTable parse(String header) {
    List<String> columns = List.of(header.split(",", -1));
    if (!columns.containsAll(List.of(ROUND, Measure.LOSS.column(), Measure.SECONDS.column()))) {
      throw new IllegalArgumentException(
          "expected a first line that names the columns round, loss and seconds; found " + columns);
    }
    return new RoundTable(columns);
  }

  /** Without the end of its line. */
  public String header() {
    return String.join(",", columns);
  }

  /** The line of a round, without its end. */
  public String write(RoundRow row) {
    return columns.stream().map(column -> cell(row, column)).collect(Collectors.joining(","));
  }

  private static String cell(RoundRow row, String column) {
    if (column.equals(ROUND)) {
      return Integer.toString(row.round());
    }
    if (column.equals(DIGEST)) {
      return row.digest();
    }
    Measure measure = MEASURES.get(column);
    Double value = measure == null ? null : row.values().get(measure);
    if (value == null) {
      return "";
    }
    return measure == Measure.SECONDS
        ? String.format(Locale.ROOT, "%.6f", value)
        : measure == Measure.ROWS_PER_SECOND
            ? String.format(Locale.ROOT, "%.1f", value)
            : Double.toString(value);
  }

  /**
   * Reads a file's rows down to the first that is not sound, as the last is where its writer was
   * killed.
   *
   * @return what was expected there; empty if all are sound
   * @throws IllegalArgumentException as {@link #parse} of the first line
   */
  public static Optional<String> read(Iterator<String> lines, Consumer<RoundRow> each) {
    RoundTable table = parse(lines.hasNext() ? lines.next() : "");
    int last = -1;
    while (lines.hasNext()) {
      RoundRow row;
      try {
        row = table.read(lines.next());
      } catch (IllegalArgumentException e) {
        return Optional.of(e.getMessage());
      }
      if (row.round() <= last) {
        return Optional.of("a round above " + last + " first");
      }
      last = row.round();
      each.accept(row);
    }
    return Optional.empty();
  }

  /**
   * @throws IllegalArgumentException if it is no row; the message says what was expected
   */
  public RoundRow read(String line) {
    String[] cells = line.split(",", -1);
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(columns.size() + " values");
    }
    String round = cells[columns.indexOf(ROUND)];
    int digest = columns.indexOf(DIGEST);
    Map<Measure, Double> values = new HashMap<>();
    try {
      for (int i = 0; i < cells.length; i++) {
        Measure measure = MEASURES.get(columns.get(i));
        if (measure != null && !cells[i].isEmpty()) {
          values.put(measure, Double.parseDouble(cells[i]));
        }
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("numbers");
    }
    return new RoundRow(
        roundOf(round)
            .orElseThrow(() -> new IllegalArgumentException("the number of a round first")),
        values,
        digest < 0 ? "" : cells[digest]);
  }

  /** Of a line that may be damaged behind it; empty if there is none. */
  public static OptionalInt roundOf(String line) {
    String first = line.split(",", 2)[0];
    try {
      int round = Integer.parseInt(first);
      return round >= 0 ? OptionalInt.of(round) : OptionalInt.empty();
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }
}
