package io.cordee.worker.data.table;

import static java.time.temporal.ChronoField.DAY_OF_WEEK;
import static java.time.temporal.ChronoField.HOUR_OF_DAY;
import static java.time.temporal.ChronoField.MONTH_OF_YEAR;
import static java.time.temporal.ChronoField.YEAR;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.Month;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Dates in data files, and their parts as columns: {@code day.month} of a column {@code day}. */
public final class Dates {

  static final String HOUR = "hour";
  static final List<String> PARTS = List.of("year", "month", "weekday", HOUR);

  private static final ChronoField[] FIELDS = {YEAR, MONTH_OF_YEAR, DAY_OF_WEEK, HOUR_OF_DAY};

  /** The columns of a part start here; wider tables have none. */
  private static final int PART = 1 << 24;

  private static final Pattern DATE =
      Pattern.compile(
          "(\\d{4})([-/])(\\d\\d?)\\2(\\d\\d?)([T ](\\d\\d?):\\d\\d(:\\d\\d([.,]\\d+)?)?(Z|[+-]\\d\\d:?\\d\\d)?)?");

  /** A month by name, as in {@code Jun 12 1998}, {@code June 12, 1998} or {@code 12-Jun-1998}. */
  private static final Pattern NAMED =
      Pattern.compile(
          "(?:([A-Za-z]{3,9})\\.? (\\d\\d?),?|(\\d\\d?)[ -]([A-Za-z]{3,9})\\.?,?)[ -](\\d{4})([T ]\\d.*)?");

  private Dates() {}

  /** The date with its month as a number; the text itself if it has no month by name. */
  private static String numbered(String text) {
    Matcher named = NAMED.matcher(text);
    if (!named.matches()) {
      return text;
    }
    boolean isFirst = named.group(1) != null;
    String name = named.group(isFirst ? 1 : 4).toUpperCase(Locale.ROOT);
    return Stream.of(Month.values())
        .filter(month -> month.name().startsWith(name))
        .findFirst()
        .map(
            month ->
                "%s-%d-%s%s"
                    .formatted(
                        named.group(5),
                        month.getValue(),
                        named.group(isFirst ? 2 : 3),
                        Objects.requireNonNullElse(named.group(6), "")))
        .orElse(text);
  }

  /** Year, month, day and, if it has one, hour, whatever its time zone. */
  static Optional<LocalDateTime> parse(String text) {
    Matcher date = DATE.matcher(numbered(text));
    try {
      return date.matches()
          ? Optional.of(
              LocalDateTime.of(
                  Integer.parseInt(date.group(1)),
                  Integer.parseInt(date.group(3)),
                  Integer.parseInt(date.group(4)),
                  Integer.parseInt(Optional.ofNullable(date.group(6)).orElse("0")),
                  0))
          : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty(); // as 30 February
    }
  }

  static int column(int ofFile, String part) {
    return ofFile + (1 + PARTS.indexOf(part)) * PART;
  }

  /** Returns the column of dates whose part a column may be, by its name. */
  public static Optional<String> ofPart(String column) {
    int dot = column.lastIndexOf('.');
    return dot > 0 && PARTS.contains(column.substring(dot + 1))
        ? Optional.of(column.substring(0, dot))
        : Optional.empty();
  }

  static int ofFile(int column) {
    return column % PART;
  }

  static String suffix(int column) {
    return column < PART ? "" : "." + PARTS.get(column / PART - 1);
  }

  /** A text that is no date stays as it is. */
  static String text(int column, String ofFile) {
    return column < PART
        ? ofFile
        : parse(ofFile).map(date -> "" + date.get(FIELDS[column / PART - 1])).orElse(ofFile);
  }
}
