package io.cordee.worker.data.table;

import io.cordee.common.job.data.IdColumn;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.common.job.data.TableEncoding.Column;
import io.cordee.common.job.data.TableEncoding.Ids;
import io.cordee.common.job.data.TableEncoding.Numbers;
import io.cordee.common.job.data.TableEncoding.Texts;
import io.cordee.common.kernel.Xxh64;
import io.cordee.worker.data.format.Cells;
import io.cordee.worker.data.rows.Cell;
import io.cordee.worker.data.rows.Decimals;
import io.cordee.worker.data.rows.FeatureSink;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/** Turns the cells of a table into inputs. */
final class Encoder {

  private static final int TEXTS_SHOWN = 10;

  private interface Code {
    void put(Cell cell, FeatureSink to);
  }

  private Encoder() {}

  /**
   * @param scale divisor of numbers that are not encoded
   */
  static Cells of(TableEncoding encoding, double scale, FeatureSink features) {
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
        codes[i] = new OfIds(of, behind + before);
        continue;
      }
      codes[i] =
          column instanceof Numbers numbers
              ? new OfNumbers(numbers, input)
              : new OfTexts((Texts) column, input);
      input += column.inputs();
    }
    return (column, cell) -> codes[column].put(cell, features);
  }

  /**
   * @param input the first of the column
   */
  private record OfNumbers(Numbers numbers, int input) implements Code {

    @Override
    public void put(Cell cell, FeatureSink to) {
      OptionalDouble fill = numbers.fill();
      boolean isMissing = fill.isPresent() && cell.isMissing();
      if (isMissing && numbers.indicator()) {
        to.put(input + 1, 1);
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
    private final Map<String, Integer> rows = new HashMap<>();

    /**
     * @param first the feature that is the first row of the table
     */
    OfIds(Ids ids, int first) {
      this.ids = ids;
      this.first = first;
      ids.known().forEach(id -> rows.put(id, 1 + rows.size()));
    }

    @Override
    public void put(Cell cell, FeatureSink to) {
      if (ids.how().separator().isEmpty()) {
        to.put(first + row(Decimals.plain(cell.text())), 1);
        return;
      }
      SortedMap<Integer, Integer> counts = new TreeMap<>();
      ids.how().forEachId(cell.text(), id -> counts.merge(row(id), 1, Integer::sum));
      int all = counts.values().stream().mapToInt(count -> count).sum();
      double divisor = ids.how().pool() == IdColumn.Pool.MEAN ? all : 1;
      counts.forEach((row, count) -> to.put(first + row, count / divisor));
    }

    private int row(String id) {
      return ids.how().isHashed()
          ? (int)
              Long.remainderUnsigned(
                  Xxh64.hash(id.getBytes(StandardCharsets.UTF_8)), ids.how().rows())
          : rows.getOrDefault(id, 0);
    }
  }

  private static final class OfTexts implements Code {

    private final Texts texts;
    private final int input;
    private final Map<String, Integer> numbers = new HashMap<>();

    OfTexts(Texts texts, int input) {
      this.texts = texts;
      this.input = input;
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
      to.put(input + (number == null ? numbers.size() : number), 1);
    }

    private static String shown(List<String> texts) {
      return String.join(", ", texts.subList(0, Math.min(TEXTS_SHOWN, texts.size())))
          + (texts.size() > TEXTS_SHOWN ? ", ..." : "");
    }
  }
}
