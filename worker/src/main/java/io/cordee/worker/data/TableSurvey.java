package io.cordee.worker.data;

import io.cordee.common.job.TableFormat;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a table of an unknown kind looks like.
 *
 * @param rows how many there are
 */
public record TableSurvey(TableFormat format, long rows, List<Column> columns) {

  /** Different texts of a column that are kept at most; those of more have more. */
  public static final int MOST_TEXTS = 1000;

  private static final String SEPARATORS = ",;\t|";

  /**
   * A column.
   *
   * @param name by which a job can name it: its own, or its index if it has none of its own
   * @param hasCells whether rows have a value in it; lists and groups are none
   * @param numbers how many rows have a number
   * @param empty how many have nothing
   * @param missing how many have nothing, or a text that stands for it
   * @param areWhole whether all numbers are whole
   * @param isCounting whether each number is whole and one more than the one before it
   * @param spread from the smallest number to the largest
   * @param texts the different ones of those that are not empty, up to {@link #MOST_TEXTS} and one
   */
  public record Column(
      String name,
      boolean hasCells,
      long numbers,
      long empty,
      long missing,
      boolean areWhole,
      boolean isCounting,
      double spread,
      Set<String> texts) {

    /** A text that is neither a number nor stands for none; empty if there is none. */
    public Optional<String> odd() {
      return texts.stream()
          .filter(text -> !Cells.MISSING.contains(text) && Decimals.parse(text).isEmpty())
          .findFirst();
    }

    /** Whether every row has a number. */
    public boolean isNumeric(long rows) {
      return numbers == rows;
    }

    /** Whether every row has a number or nothing, and some have a number. */
    public boolean isNumericWhereThere(long rows) {
      return numbers > 0 && numbers + missing == rows;
    }

    /** How many different texts there are, of which nothing is one. */
    public int differentTexts() {
      return texts.size() + (empty > 0 ? 1 : 0);
    }

    /** Whether each row has a text of its own, or the next number, as an id has. */
    public boolean isLikeAnId(long rows) {
      return isCounting && rows > 1 || numbers < rows && texts.size() >= Math.min(rows, MOST_TEXTS);
    }

    /** How many classes these labels are: numbers count by their value. */
    public int labels() {
      return (int) texts.stream().map(ClassLabels::key).distinct().count();
    }
  }

  private static final class Counter {
    private final String name;
    private final Set<String> texts = new HashSet<>();
    private long numbers;
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

    void count(String text) {
      if (text.isEmpty()) {
        empty++;
        return;
      }
      if (Cells.MISSING.contains(text)) {
        marked++;
      }
      OptionalDouble number = Decimals.parse(text);
      if (number.isPresent()) {
        numbers++;
        isCounting &= numbers == 1 || number.getAsDouble() == last + 1;
        last = number.getAsDouble();
        smallest = Math.min(smallest, number.getAsDouble());
        largest = Math.max(largest, number.getAsDouble());
        areWhole &= number.getAsDouble() == Math.rint(number.getAsDouble());
      }
      if (texts.size() <= MOST_TEXTS) {
        texts.add(Decimals.plain(text));
      }
    }

    Column column(boolean hasCells) {
      double spread = numbers == 0 ? 0 : largest - smallest;
      return new Column(
          name,
          hasCells,
          numbers,
          empty,
          empty + marked,
          areWhole && numbers > 0,
          isCounting && areWhole && numbers > 1,
          spread,
          Set.copyOf(texts));
    }
  }

  /**
   * How a file holds a table, by its first bytes and its name.
   *
   * @param otherwise if it is no Parquet file
   */
  public static TableFormat formatOf(Path file, TableFormat.Csv otherwise) {
    return ParquetFile.isOne(file) ? new TableFormat.Parquet() : otherwise;
  }

  /**
   * Reads a file once.
   *
   * @param separator of the columns of CSV; empty to see which one makes the most of the first line
   * @throws DataException if it cannot be read, or has no rows or only one column
   */
  public static TableSurvey of(Path file, Optional<Character> separator) {
    if (ParquetFile.isOne(file)) {
      if (separator.isPresent()) {
        throw new DataException(
            "%s is a Parquet file, which has no --separator; leave it out", file);
      }
      return counted(new TableFormat.Parquet(), ParquetFile.of(file));
    }
    Input input = Input.file(file);
    char by = separator.orElseGet(() -> separator(input));
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
    TableColumns columns = file.withCells(TableColumns.unused(names, first.size()));
    List<Counter> counters =
        IntStream.range(0, first.size())
            .mapToObj(i -> new Counter(isName(names, i) ? names.get(i) : "" + i))
            .toList();
    long rows = 0;
    try (TableReader reader = file.open(columns, List.of())) {
      for (; reader.advance(); rows++) {
        for (int column : columns.ignored()) {
          counters.get(column).count(reader.cell(column));
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
            .mapToObj(i -> counters.get(i).column(columns.ignored().contains(i)))
            .toList());
  }

  /** Whether a first line is no row: it has no numbers, or the next one has where it has texts. */
  private static boolean isHeader(CsvFile file) {
    List<String> first = file.first();
    List<Boolean> numbers = first.stream().map(text -> Decimals.parse(text).isPresent()).toList();
    if (!numbers.contains(true)) {
      return true;
    }
    try (TableReader reader = file.open(TableColumns.unused(List.of(), first.size()), List.of())) {
      if (!reader.advance() || !reader.advance()) {
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

  private static char separator(Input input) {
    try (BufferedReader lines = new BufferedReader(RowText.of(input))) {
      String line = Optional.ofNullable(lines.readLine()).orElse("");
      char best = SEPARATORS.charAt(0);
      for (char candidate : SEPARATORS.toCharArray()) {
        if (count(line, candidate) > count(line, best)) {
          best = candidate;
        }
      }
      return best;
    } catch (IOException e) {
      throw DataException.at(input.name() + ", line 1", e);
    }
  }

  private static long count(String line, char separator) {
    return line.chars().filter(c -> c == separator).count();
  }

  /** The column of this name, or with this index. */
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
