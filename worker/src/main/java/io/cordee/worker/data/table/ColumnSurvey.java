package io.cordee.worker.data.table;

import io.cordee.common.kernel.Xxh64;
import io.cordee.worker.data.format.CellReader;
import io.cordee.worker.data.rows.Cell;
import io.cordee.worker.data.rows.ClassLabels;
import io.cordee.worker.data.rows.Decimals;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.StringTokenizer;
import java.util.TreeSet;

/** Survey of a column while no job says what it is for. */
public final class ColumnSurvey {

  /** Limit on the different texts kept of those that are no numbers, or no dates. */
  public static final int MOST_ODD = 20;

  /** Largest count of rows for which {@link #dictionary} says how long a dictionary is. */
  public static final int FEWEST_OF_A_WORD = 3;

  /** Share of the rows that are mostly trained on; rare words are only in the others. */
  private static final double TRAINED_ON = 0.8;

  /** Hashes from which the number of distinct texts is estimated. */
  private static final int MOST_HASHES = 1024;

  /** A cell with as many words holds several: names of things mostly have fewer. */
  private static final int SEVERAL_WORDS = 3;

  private static final int MOST_WORDS = 1 << 19;

  /**
   * A text of the column.
   *
   * @param row as messages call it
   */
  public record Found(String text, String row) {}

  private final String name;
  private final boolean hasCells;
  private final NumberStatistics numbers = new NumberStatistics(false);
  private final TextCounts texts = new TextCounts(TableSurvey.MOST_TEXTS);
  private final Map<String, Found> notNumbers = new LinkedHashMap<>();
  private final Map<String, Found> notDates = new LinkedHashMap<>();
  private Optional<Found> first = Optional.empty();
  private final Map<String, Integer> words = new HashMap<>();
  private long ofWords;
  private final TreeSet<Long> hashes = new TreeSet<>();
  private final double[] sample = new double[4096];
  private final SplittableRandom random = new SplittableRandom(1);
  private int sampled;
  private long dates;
  private boolean hasHours;
  private long empty;
  private long marked;
  private boolean areWhole = true;
  private boolean isCounting = true;
  private double last = Double.NaN;

  /**
   * @param name by which a job can name it: its own, or its index if it has none of its own
   * @param hasCells whether rows have a value in it; lists and groups are none
   */
  ColumnSurvey(String name, boolean hasCells) {
    this.name = name;
    this.hasCells = hasCells;
  }

  /** Adds a row's cell. */
  void add(CellReader reader, int column) {
    String text = reader.cell(column);
    if (text.isEmpty()) {
      empty++;
      return;
    }
    OptionalDouble number = Decimals.parse(text);
    if (number.isPresent()) {
      add(number.getAsDouble());
      note(notDates, text, reader);
    } else if (Cell.MISSING.contains(text)) {
      marked++;
    } else {
      note(notNumbers, text, reader);
      Dates.parse(text)
          .ifPresentOrElse(
              this::add,
              () -> {
                note(notDates, text, reader);
                addWords(text);
              });
    }
    if (number.isEmpty()) {
      addHash(text);
    }
    texts.add(Decimals.plain(text));
  }

  private void add(double number) {
    isCounting &= numbers.isEmpty() || number == last + 1;
    last = number;
    areWhole &= number == Math.rint(number);
    int at =
        sampled < sample.length
            ? sampled++
            : (int) Math.min(sample.length, random.nextLong(numbers.count() + 1));
    if (at < sample.length) {
      sample[at] = number; // of all numbers, each as likely as another: Knuth's algorithm R
    }
    numbers.add(number);
  }

  private void add(LocalDateTime date) {
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

  private void addWords(String text) {
    List<Object> found = Collections.list(new StringTokenizer(text, " "));
    ofWords += found.size() >= SEVERAL_WORDS ? 1 : 0;
    for (Object word : new HashSet<>(found)) {
      if (words.size() < MOST_WORDS) {
        words.merge((String) word, 1, Integer::sum);
      }
    }
  }

  private void addHash(String text) {
    long hash = Xxh64.hash(text.getBytes(StandardCharsets.UTF_8)) >>> 1;
    if (hashes.size() < MOST_HASHES || hash < hashes.last()) {
      hashes.add(hash);
      if (hashes.size() > MOST_HASHES) {
        hashes.pollLast();
      }
    }
  }

  public String name() {
    return name;
  }

  public boolean hasCells() {
    return hasCells;
  }

  public long numbers() {
    return numbers.count();
  }

  public double smallest() {
    return numbers.smallest();
  }

  public double largest() {
    return numbers.largest();
  }

  public boolean areWhole() {
    return areWhole && !numbers.isEmpty();
  }

  /** Some of the numbers. */
  public double[] sample() {
    return Arrays.copyOf(sample, sampled);
  }

  public long dates() {
    return dates;
  }

  /** Counts rows that have nothing. */
  public long empty() {
    return empty;
  }

  /** Counts rows that have nothing, or a text for a missing value. */
  public long missing() {
    return empty + marked;
  }

  /**
   * Returns how many rows have each text that is not empty, in order of appearance; of more than
   * {@link TableSurvey#MOST_TEXTS} the first ones and one more.
   */
  public Map<String, Long> texts() {
    return texts.rows();
  }

  /** Returns the first cell with a value; empty if there is none. */
  public Optional<Found> first() {
    return first;
  }

  /** Returns the first {@link #MOST_ODD} different texts that are no numbers, and one more. */
  public List<Found> notNumbers() {
    return List.copyOf(notNumbers.values());
  }

  /** As above, of dates. */
  public List<Found> notDates() {
    return List.copyOf(notDates.values());
  }

  /** Returns true if each row with a value has a number. */
  public boolean isNumeric(long rows) {
    return numbers() > 0 && numbers() + missing() == rows;
  }

  /** Returns true if each row with a value has a date. */
  public boolean isDate(long rows) {
    return dates > 0 && dates + missing() == rows;
  }

  /** Suffixes of the columns that a column of dates gives, as in {@code day.month}. */
  public List<String> dateParts() {
    return Dates.PARTS.stream().filter(part -> hasHours || !part.equals(Dates.HOUR)).toList();
  }

  /** Returns true if most values are numbers. */
  public boolean isMostlyNumeric(long rows) {
    return 2 * numbers() > rows - missing();
  }

  /** Some texts that are neither a number nor a date. */
  public List<String> odd() {
    return notNumbers.values().stream()
        .filter(notDates.values()::contains)
        .map(Found::text)
        .limit(3)
        .toList();
  }

  /** Returns true if most values are texts of several words. */
  public boolean holdsWords(long rows) {
    return 2 * ofWords > rows - missing();
  }

  /**
   * Returns how many characters a model takes for the words that occur in at least so many of the
   * rows to train on, with quotes and a comma. A word of one row is there only if that row is
   * trained on.
   *
   * @param fewest from 1 to {@link #FEWEST_OF_A_WORD}
   */
  public long dictionary(int fewest) {
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

  /** Rows that have the same text, on average. */
  public double repeats(long rows) {
    return (double) (rows - missing()) / Math.max(1, distinct());
  }

  /** The smallest of n random numbers lie as densely as n do (Bar-Yossef et al. 2002). */
  private long distinct() {
    return !texts.areTooMany() || hashes.size() < MOST_HASHES
        ? texts.rows().size()
        : (long) ((MOST_HASHES - 1) / (hashes.last() / (double) Long.MAX_VALUE));
  }

  /** Counts an empty text as one. */
  public int differentTexts() {
    return texts.rows().size() + (empty > 0 ? 1 : 0);
  }

  /** Returns true if each value is unique, or the next number, as ids are. */
  public boolean isLikeAnId(long rows) {
    if (isMostlyNumeric(rows)) {
      return isCounting && areWhole() && numbers() > 1 && isNumeric(rows);
    }
    return rows - missing() > 1
        && dates < rows - missing()
        && texts.rows().entrySet().stream()
            .allMatch(text -> text.getValue() == 1 || Cell.MISSING.contains(text.getKey()));
  }

  /** Counts the rows of each label: equal numbers are one. */
  public Map<String, Long> labels() {
    Map<String, String> original = new HashMap<>();
    Map<String, Long> rows = new LinkedHashMap<>();
    texts()
        .forEach(
            (text, count) ->
                rows.merge(
                    original.computeIfAbsent(ClassLabels.key(text), key -> text),
                    count,
                    Long::sum));
    return rows;
  }
}
