package io.cordee.worker.data.table;

import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.job.data.TableEncoding.Column;
import io.cordee.common.job.data.TableEncoding.Ids;
import io.cordee.common.job.data.TableEncoding.Numbers;
import io.cordee.common.job.data.TableEncoding.Texts;
import io.cordee.worker.data.format.Cells;
import io.cordee.worker.data.rows.Cell;
import io.cordee.worker.data.rows.Decimals;
import io.cordee.worker.data.rows.FeatureSink;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;

/** Turns the cells of a table into inputs. */
final class Encoder {

  private static final int TEXTS_SHOWN = 10;

  /** Notes what a model cannot know of a cell. */
  interface Unseen {
    Unseen IGNORED = new Unseen() {};

    /** Notes a string that the column lacked in training. */
    default void string(int column, String text) {}

    /** Notes that no id of the cell was there in training. */
    default void none(int column) {}

    /** Notes a cell without a value that is filled. */
    default void filled(int column) {}
  }

  private interface Code {
    void put(Cell cell, FeatureSink to);
  }

  private Encoder() {}

  /**
   * @param scale divisor of numbers that are not encoded
   */
  static Cells of(TableEncoding encoding, double scale, FeatureSink features) {
    return of(encoding, scale, features, Unseen.IGNORED);
  }

  /** As above. */
  static Cells of(TableEncoding encoding, double scale, FeatureSink features, Unseen unseen) {
    if (encoding.columns().isEmpty()) {
      return (column, cell) -> features.put(column, Decimals.number(cell, scale));
    }
    Code[] codes = new Code[encoding.columns().size()];
    List<Ids> ids = encoding.ids();
    int behind = encoding.inputs() - ids.stream().mapToInt(Ids::inputs).sum();
    int input = 0;
    for (int i = 0; i < codes.length; i++) {
      Column column = encoding.columns().get(i);
      if (column instanceof Ids of) {
        int before = ids.stream().limit(of.table()).mapToInt(it -> it.how().rows()).sum();
        codes[i] = new OfIds(of, behind + before, i, unseen);
        continue;
      }
      codes[i] =
          column instanceof Numbers numbers
              ? new OfNumbers(numbers, input, i, unseen)
              : new OfTexts((Texts) column, input, i, unseen);
      input += column.inputs();
    }
    return (column, cell) -> codes[column].put(cell, features);
  }

  /**
   * @param input the first of the column
   */
  private record OfNumbers(Numbers numbers, int input, int column, Unseen unseen) implements Code {

    @Override
    public void put(Cell cell, FeatureSink to) {
      OptionalDouble fill = numbers.fill();
      boolean isMissing = fill.isPresent() && cell.isMissing();
      if (isMissing && numbers.indicator()) {
        to.put(input + 1, 1);
      }
      if (isMissing) {
        unseen.filled(column);
      }
      double value = isMissing ? fill.getAsDouble() : Decimals.number(cell, 1);
      double distance = (value - numbers.range().shift()) / numbers.range().scale();
      // Too far from all training values for a float: clamped.
      to.put(input, Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, distance)));
    }
  }

  private static final class OfIds implements Code {

    private final Ids ids;
    private final int first;
    private final int column;
    private final Unseen unseen;
    private final Map<String, Integer> rows = new HashMap<>();

    /**
     * @param first the feature that is the first row of the table
     */
    OfIds(Ids ids, int first, int column, Unseen unseen) {
      this.ids = ids;
      this.first = first;
      this.column = column;
      this.unseen = unseen;
      ids.known().forEach(id -> rows.put(id, 1 + rows.size()));
    }

    @Override
    public void put(Cell cell, FeatureSink to) {
      if (ids.how().separator().isEmpty()) {
        int row = row(Decimals.plain(cell.text()));
        if (row == 0 && !ids.how().isHashed()) {
          unseen.none(column);
        }
        to.put(first + row, 1);
        return;
      }
      SortedMap<Integer, Double> factors = ids.how().factors(cell.text(), this::row);
      if (!ids.how().isHashed() && Set.of(0).containsAll(factors.keySet())) {
        unseen.none(column);
      }
      factors.forEach((row, factor) -> to.put(first + row, factor));
    }

    private int row(String id) {
      if (ids.how().isHashed()) {
        return ids.how().hashed(id);
      }
      int row = rows.getOrDefault(id, 0);
      if (row == 0) {
        unseen.string(column, id);
      }
      return row;
    }
  }

  private static final class OfTexts implements Code {

    private final Texts texts;
    private final int input;
    private final int column;
    private final Unseen unseen;
    private final Map<String, Integer> numbers = new HashMap<>();

    OfTexts(Texts texts, int input, int column, Unseen unseen) {
      this.texts = texts;
      this.input = input;
      this.column = column;
      this.unseen = unseen;
      texts.texts().forEach(text -> numbers.put(Decimals.plain(text), numbers.size()));
    }

    @Override
    public void put(Cell cell, FeatureSink to) {
      String text = cell.text();
      Integer number = numbers.get(Decimals.plain(text));
      if (number == null && !texts.hasOther()) {
        throw cell.error(
            "expected one of " + shown(texts.texts()),
            "'" + text + "'",
            " (unknown: other, under data.preprocess, takes any text)");
      }
      if (number == null) {
        unseen.string(column, text);
      }
      to.put(input + (number == null ? numbers.size() : number), 1);
    }

    private static String shown(List<String> texts) {
      return String.join(", ", texts.subList(0, Math.min(TEXTS_SHOWN, texts.size())))
          + (texts.size() > TEXTS_SHOWN ? ", ..." : "");
    }
  }
}
