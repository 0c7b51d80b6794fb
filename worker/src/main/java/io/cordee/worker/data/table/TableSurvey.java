package io.cordee.worker.data.table;

import io.cordee.common.job.data.TableFormat;
import io.cordee.common.kernel.Xxh64;
import io.cordee.worker.data.format.CellReader;
import io.cordee.worker.data.format.CsvFile;
import io.cordee.worker.data.format.Input;
import io.cordee.worker.data.format.ParquetFile;
import io.cordee.worker.data.format.RowStart;
import io.cordee.worker.data.format.TableFile;
import io.cordee.worker.data.rows.Cell;
import io.cordee.worker.data.rows.ClassLabels;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Decimals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.StringTokenizer;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** What a table of unknown format looks like. */
public record TableSurvey(TableFormat format, long rows, List<Column> columns) {

  /** Limit on the distinct texts kept of a column. */
  public static final int MOST_TEXTS = 1000;

  /** Limit on the different texts kept of those that are no numbers, or no dates. */
  public static final int MOST_ODD = 20;

  /** Largest count of rows for which {@link Column#dictionaries} says how long a dictionary is. */
  public static final int FEWEST_OF_A_WORD = 3;

  /** Share of the rows that are mostly trained on; rare words are only in the others. */
  private static final double TRAINED_ON = 0.8;

  /** Hashes from which the number of distinct texts is estimated. */
  private static final int MOST_HASHES = 1024;

  /** A cell with as many words holds several: names of things mostly have fewer. */
  private static final int SEVERAL_WORDS = 3;

  private static final int MOST_WORDS = 1 << 19;

  /**
   * @param name by which a job can name it: its own, or its index if it has none of its own
   * @param hasCells whether rows have a value in it; lists and groups are none
   * @param hasHours whether some date has another hour than 0
   * @param empty how many rows have nothing
   * @param missing how many have nothing, or a text for a missing value
   * @param isCounting whether each number is whole and one more than the one before it
   * @param sample some of the numbers
   * @param texts how many rows have each of those that are not empty, in order of appearance; of
   *     more than {@link #MOST_TEXTS} the first ones and one more
   * @param first cell with a value; empty if there is none
   * @param notNumbers the first {@link #MOST_ODD} different texts that are no numbers, and one more
   * @param notDates the same of dates
   * @param ofWords how many rows have a text of several words
   * @param dictionaries characters that a model takes for the words that occur in at least 1, 2 and
   *     so on of the rows to train on
   * @param distinct how many distinct texts there are, estimated if more than {@link #MOST_TEXTS}
   */
  public record Column(
      String name,
      boolean hasCells,
      long numbers,
      long dates,
      boolean hasHours,
      long empty,
      long missing,
      boolean areWhole,
      boolean isCounting,
      double smallest,
      double largest,
      List<Double> sample,
      Map<String, Long> texts,
      Optional<Found> first,
      List<Found> notNumbers,
      List<Found> notDates,
      long ofWords,
      List<Long> dictionaries,
      long distinct) {

    /** Whether each row with a value has a number. */
    public boolean isNumeric(long rows) {
      return numbers > 0 && numbers + missing == rows;
    }

    /** Whether each row with a value has a date. */
    public boolean isDate(long rows) {
      return dates > 0 && dates + missing == rows;
    }

    /** Suffixes of the columns that a column of dates gives, as in {@code day.month}. */
    public List<String> dateParts() {
      return Dates.PARTS.stream().filter(part -> hasHours || !part.equals(Dates.HOUR)).toList();
    }

    /** Whether most values are numbers. */
    public boolean isMostlyNumeric(long rows) {
      return 2 * numbers > rows - missing;
    }

    /** Some texts that are neither a number nor a date. */
    public List<String> odd() {
      return notNumbers.stream().filter(notDates::contains).map(Found::text).limit(3).toList();
    }

    /** True if most values are texts of several words. */
    public boolean holdsWords(long rows) {
      return 2 * ofWords > rows - missing;
    }

    /** Rows that have the same text, on average. */
    public double repeats(long rows) {
      return (double) (rows - missing) / Math.max(1, distinct);
    }

    /** An empty text counts as one. */
    public int differentTexts() {
      return texts.size() + (empty > 0 ? 1 : 0);
    }

    /** Whether each value is unique, or the next number, as ids are. */
    public boolean isLikeAnId(long rows) {
      if (isMostlyNumeric(rows)) {
        return isCounting && isNumeric(rows);
      }
      return rows - missing > 1
          && dates < rows - missing
          && texts.entrySet().stream()
              .allMatch(text -> text.getValue() == 1 || Cell.MISSING.contains(text.getKey()));
    }

    /** Rows of each label: equal numbers are one. */
    public Map<String, Long> labels() {
      Map<String, String> first = new HashMap<>();
      Map<String, Long> rows = new LinkedHashMap<>();
      texts.forEach(
          (text, count) ->
              rows.merge(
                  first.computeIfAbsent(ClassLabels.key(text), key -> text), count, Long::sum));
      return rows;
    }
  }

  /**
   * @param row as messages call it
   */
  public record Found(String text, String row) {}

  private static final class Counter {

    private final String name;
    private final Map<String, Long> texts = new LinkedHashMap<>();
    private final Map<String, Found> notNumbers = new LinkedHashMap<>();
    private final Map<String, Found> notDates = new LinkedHashMap<>();
    private Optional<Found> first = Optional.empty();
    private final Map<String, Integer> words = new HashMap<>();
    private long ofWords;
    private final TreeSet<Long> hashes = new TreeSet<>();
    private final double[] sample = new double[4096];
    private final SplittableRandom random = new SplittableRandom(1);
    private int sampled;
    private long numbers;
    private long dates;
    private boolean hasHours;
    private long empty;
    private long marked;
    private boolean areWhole = true;
    private boolean isCounting = true;
    private double last = Double.NaN;
    private double smallest = Double.POSITIVE_INFINITY;
    private double largest = Double.NEGATIVE_INFINITY;

    Counter(String name) {
      this.name = name;
    }

    void count(CellReader reader, int column) {
      String text = reader.cell(column);
      if (text.isEmpty()) {
        empty++;
        return;
      }
      OptionalDouble number = Decimals.parse(text);
      if (number.isPresent()) {
        count(number.getAsDouble());
        note(notDates, text, reader);
      } else if (Cell.MISSING.contains(text)) {
        marked++;
      } else {
        note(notNumbers, text, reader);
        Dates.parse(text)
            .ifPresentOrElse(
                this::count,
                () -> {
                  note(notDates, text, reader);
                  countWords(text);
                });
      }
      if (number.isEmpty()) {
        noteHash(text);
      }
      if (texts.size() <= MOST_TEXTS) {
        texts.merge(Decimals.plain(text), 1L, Long::sum);
      } else {
        texts.computeIfPresent(Decimals.plain(text), (key, rows) -> rows + 1);
      }
    }

    private void count(LocalDateTime date) {
      dates++;
      hasHours |= date.getHour() > 0;
    }

    private void note(Map<String, Found> others, String text, CellReader reader) {
      if (others.size() <= MOST_ODD) {
        others.computeIfAbsent(text, it -> new Found(it, reader.row()));
      }
      if (first.isEmpty()) {
        first = Optional.of(new Found(text, reader.row()));
      }
    }

    private void countWords(String text) {
      List<Object> found = Collections.list(new StringTokenizer(text, " "));
      ofWords += found.size() >= SEVERAL_WORDS ? 1 : 0;
      for (Object word : new HashSet<>(found)) {
        if (words.size() < MOST_WORDS) {
          words.merge((String) word, 1, Integer::sum);
        }
      }
    }

    private void noteHash(String text) {
      long hash = Xxh64.hash(text.getBytes(StandardCharsets.UTF_8)) >>> 1;
      if (hashes.size() < MOST_HASHES || hash < hashes.last()) {
        hashes.add(hash);
        if (hashes.size() > MOST_HASHES) {
          hashes.pollLast();
        }
      }
    }

    /** The smallest of n random numbers lie as densely as n do (Bar-Yossef et al. 2002). */
    private long distinct() {
      return texts.size() <= MOST_TEXTS || hashes.size() < MOST_HASHES
          ? texts.size()
          : (long) ((MOST_HASHES - 1) / (hashes.last() / (double) Long.MAX_VALUE));
    }

    /** With quotes and a comma. A word of one row is there only if that row is trained on. */
    private long dictionary(int fewest) {
      double characters =
          words.entrySet().stream()
              .filter(word -> word.getValue() >= fewest)
              .mapToDouble(
                  word ->
                      (word.getKey().length() + 3)
                          * (fewest == 1 ? 1 - Math.pow(1 - TRAINED_ON, word.getValue()) : 1))
              .sum();
      return words.size() == MOST_WORDS ? Long.MAX_VALUE / 2 : (long) Math.ceil(characters);
    }

    private void count(double number) {
      isCounting &= numbers == 0 || number == last + 1;
      last = number;
      smallest = Math.min(smallest, number);
      largest = Math.max(largest, number);
      areWhole &= number == Math.rint(number);
      int at =
          sampled < sample.length
              ? sampled++
              : (int) Math.min(sample.length, random.nextLong(numbers + 1));
      if (at < sample.length) {
        sample[at] = number; // of all numbers, each as likely as another: Knuth's algorithm R
      }
      numbers++;
    }

    Column column(boolean hasCells) {
      return new Column(
          name,
          hasCells,
          numbers,
          dates,
          hasHours,
          empty,
          empty + marked,
          areWhole && numbers > 0,
          isCounting && areWhole && numbers > 1,
          smallest,
          largest,
          Arrays.stream(sample, 0, sampled).boxed().toList(),
          texts,
          first,
          List.copyOf(notNumbers.values()),
          List.copyOf(notDates.values()),
          ofWords,
          IntStream.rangeClosed(1, FEWEST_OF_A_WORD).mapToObj(this::dictionary).toList(),
          distinct());
    }
  }

  /**
   * @param otherwise if it is no Parquet file
   */
  public static TableFormat formatOf(Path file, TableFormat.Csv otherwise) {
    return ParquetFile.isOne(file) ? new TableFormat.Parquet() : otherwise;
  }

  /** The column that a feature is from: of a date's part {@code day.month}, {@code day}. */
  public static String columnOf(String feature) {
    return Dates.columnOf(feature);
  }

  /**
   * Reads a file once.
   *
   * @param separator of the columns of CSV; empty for the one that gives the most columns in the
   *     first line
   * @throws DataException if it cannot be read, or has no rows or only one column
   */
  public static TableSurvey of(Path file, Optional<Character> separator) {
    if (ParquetFile.isOne(file)) {
      if (separator.isPresent()) {
        throw new DataException(
            "%s is a Parquet file, which has no --separator; leave it out", file);
      }
      TableFile.refuseOthers(Input.file(file));
      return counted(new TableFormat.Parquet(), ParquetFile.of(file));
    }
    Input input = Input.file(file);
    TableFile.refuseOthers(input);
    char by = separator.orElseGet(() -> CsvFile.separator(input));
    CsvFile nameless = new CsvFile(new TableFormat.Csv(false, by), input);
    if (nameless.first().size() < 2) {
      throw new DataException(
          "%s: expected several columns; found one: give their --separator", file);
    }
    TableFormat.Csv format = new TableFormat.Csv(isHeader(nameless), by);
    return counted(format, new CsvFile(format, input));
  }

  private static TableSurvey counted(TableFormat format, TableFile file) {
    List<String> first = file.first();
    List<String> names = format.hasNames() ? first : List.of();
    List<Integer> filled = IntStream.range(0, first.size()).filter(file::hasCells).boxed().toList();
    List<Counter> counters =
        IntStream.range(0, first.size())
            .mapToObj(i -> new Counter(isName(names, i) ? names.get(i) : "" + i))
            .toList();
    long rows = 0;
    try (CellReader reader = file.open(RowStart.FIRST)) {
      for (; reader.advance(); rows++) {
        reader.requireWidth(file.name(), first.size());
        for (int column : filled) {
          counters.get(column).count(reader, column);
        }
      }
    } catch (IOException e) {
      throw DataException.unreadable(file.name(), e);
    }
    if (rows == 0) {
      throw new DataException(file.name() + " has no rows");
    }
    return new TableSurvey(
        format,
        rows,
        IntStream.range(0, first.size())
            .mapToObj(i -> counters.get(i).column(filled.contains(i)))
            .toList());
  }

  /** A header has no numbers, or texts where the next line has numbers. */
  private static boolean isHeader(CsvFile file) {
    List<String> first = file.first();
    List<Boolean> numbers = first.stream().map(text -> Decimals.parse(text).isPresent()).toList();
    if (!numbers.contains(true)) {
      return true;
    }
    try (CellReader reader = file.open(RowStart.FIRST)) {
      boolean hasFirst = reader.advance();
      if (!hasFirst || !reader.advance()) {
        return false;
      }
      return IntStream.range(0, first.size())
          .anyMatch(i -> !numbers.get(i) && Decimals.parse(reader.cell(i)).isPresent());
    } catch (IOException e) {
      throw DataException.unreadable(file.name(), e);
    }
  }

  private static boolean isName(List<String> names, int i) {
    String name = names.isEmpty() ? "" : names.get(i);
    return !name.isBlank()
        && name.chars().noneMatch(Character::isISOControl)
        && names.indexOf(name) == names.lastIndexOf(name);
  }

  public OptionalInt find(String column) {
    List<Integer> named = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(column)) {
        named.add(i);
      }
    }
    if (named.size() == 1) {
      return OptionalInt.of(named.get(0));
    }
    boolean isIndex = column.matches("\\d{1,9}") && Integer.parseInt(column) < columns.size();
    return isIndex ? OptionalInt.of(Integer.parseInt(column)) : OptionalInt.empty();
  }
}
