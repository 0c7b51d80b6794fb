package io.cordee.worker.data.table;

import io.cordee.common.job.data.IdColumn;
import io.cordee.common.job.data.Preprocessing;
import io.cordee.common.job.data.Preprocessing.Missing;
import io.cordee.common.job.data.Preprocessing.Unknown;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.worker.data.format.Cells;
import io.cordee.worker.data.format.TextReader;
import io.cordee.worker.data.rows.Cell;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Decimals;
import io.cordee.worker.data.rows.Targets;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the encoding needs to know of a table's rows. */
final class TableStatistics implements Cells {

  /**
   * @param name for messages
   * @param ids empty for other columns
   */
  record Plan(String name, Preprocessing.Column to, boolean isText, Optional<IdsPlan> ids) {

    /** Given the number of distinct texts. */
    int inputs(int texts, Unknown unknown) {
      if (ids.isPresent()) {
        return ids.get().how().dim();
      }
      if (isText) {
        return texts + (unknown == Unknown.OTHER ? 1 : 0);
      }
      boolean isFilled = to.onMissing() == Missing.MEAN || to.onMissing() == Missing.MEDIAN;
      return isFilled && to.hasIndicator() ? 2 : 1;
    }
  }

  /**
   * Of a column of ids.
   *
   * @param key by which the job calls it
   * @param table its number
   */
  record IdsPlan(String key, int table, IdColumn how) {}

  private final List<Plan> plans;
  private final TableTexts texts;
  private final List<NumberStatistics> numbers;
  private final List<NumberStatistics> targets;
  private final float[] values;

  /**
   * @param texts may be those of others too
   * @param targets how many of a row's are values to look at
   */
  TableStatistics(List<Plan> plans, TableTexts texts, int targets) {
    this.plans = plans;
    this.texts = texts;
    values = new float[targets];
    this.numbers =
        plans.stream()
            .map(plan -> new NumberStatistics(plan.to().onMissing() == Missing.MEDIAN))
            .toList();
    this.targets = IntStream.range(0, targets).mapToObj(i -> new NumberStatistics(false)).toList();
  }

  /**
   * Plans what becomes of each feature.
   *
   * @throws DataException if the job names other columns, or one of two with the same name
   */
  static List<Plan> plans(Preprocessing wanted, List<String> names, TextFile.Finder columns) {
    List<String> ids = List.copyOf(wanted.ids().keySet());
    List<List<String>> keys = new ArrayList<>();
    names.forEach(name -> keys.add(new ArrayList<>()));
    Stream.of(wanted.categories(), wanted.columns().keySet(), ids)
        .flatMap(Collection::stream)
        .distinct()
        .forEach(
            key -> {
              String by = ids.contains(key) ? "data.ids" : "data.preprocess";
              keys.get(columns.feature(key, by)).add(key);
            });
    keys.forEach(of -> requireOneKind(of, ids, wanted));
    return IntStream.range(0, names.size())
        .mapToObj(
            i ->
                new Plan(
                    names.get(i),
                    wanted.of(keys.get(i)),
                    !Collections.disjoint(keys.get(i), wanted.categories()),
                    ids.stream()
                        .filter(keys.get(i)::contains)
                        .findFirst()
                        .map(key -> new IdsPlan(key, ids.indexOf(key), wanted.ids().get(key)))))
        .toList();
  }

  /**
   * Checks that a column is not called by its name and by its index.
   *
   * @param keys of the job that mean it
   */
  private static void requireOneKind(List<String> keys, List<String> ids, Preprocessing wanted) {
    List<String> here = keys.stream().filter(ids::contains).toList();
    if (here.size() > 1 || !here.isEmpty() && !Collections.disjoint(keys, wanted.categories())) {
      throw DataException.of(
          "expected data.ids and data.preprocess.categories to name each column once",
          String.join(", ", keys));
    }
  }

  @Override
  public void put(int column, Cell cell) {
    Plan plan = plans.get(column);
    if (plan.isText() || plan.ids().isPresent()) {
      texts.putTraining(column, cell);
      return;
    }
    double number = cell.number();
    if (!Float.isFinite((float) number)) {
      if (plan.to().onMissing() != Missing.ERROR && cell.isMissing()) {
        return;
      }
      number = Decimals.number(cell, 1);
    }
    numbers.get(column).add(number);
  }

  /** The ratio of column sizes from which users are warned. */
  private static final double MANY = 100;

  static final String HINT =
      " (data.preprocess.missing says what becomes of cells without a value)";

  TableTexts texts() {
    return texts;
  }

  /**
   * @param ofRow takes its targets
   */
  void add(TextReader row, Targets ofRow) {
    row.read(this, ofRow, 0);
    if (values.length > 0) {
      ofRow.copy(0, 1, values, 0);
    }
    for (int i = 0; i < values.length; i++) {
      targets.get(i).add(values[i]);
    }
  }

  /** Of a training row, without its numbers. */
  void addTexts(TextReader row, Targets unread) {
    row.read(texts::putTraining, unread, 0);
  }

  /** Adds numbers. Invalidates this one. */
  TableStatistics plus(TableStatistics others) {
    for (int i = 0; i < plans.size(); i++) {
      numbers.get(i).plus(others.numbers.get(i));
    }
    for (int i = 0; i < targets.size(); i++) {
      targets.get(i).plus(others.targets.get(i));
    }
    return this;
  }

  /**
   * @throws DataException if a column has no value at all
   */
  TableEncoding encoding(String file, Unknown unknown) {
    List<List<String>> sorted = texts.sorted();
    List<TableEncoding.Column> columns = new ArrayList<>();
    for (int i = 0; i < plans.size(); i++) {
      Plan plan = plans.get(i);
      columns.add(
          plan.ids().isPresent()
              ? texts.ids(i).encoding(plan.ids().get().table())
              : plan.isText()
                  ? new TableEncoding.Texts(sorted.get(i), unknown == Unknown.OTHER)
                  : numbers(file, plan, numbers.get(i)));
    }
    return new TableEncoding(
        columns, targets.stream().map(it -> it.range(Preprocessing.Scale.STANDARDIZE)).toList());
  }

  /** A remark if the largest column is many times the smallest. */
  Optional<String> spread() {
    List<Integer> bySize =
        IntStream.range(0, plans.size())
            .filter(i -> numbers.get(i).size() > 0)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> numbers.get(i).size()))
            .toList();
    if (bySize.isEmpty()) {
      return Optional.empty();
    }
    int least = bySize.get(0);
    int most = bySize.get(bySize.size() - 1);
    return numbers.get(most).size() < MANY * numbers.get(least).size()
        ? Optional.empty()
        : Optional.of(
            "columns differ in size: %s reaches %s, %s only %s; training is easier with data.preprocess: standardize"
                .formatted(
                    plans.get(most).name(),
                    shown(numbers.get(most).size()),
                    plans.get(least).name(),
                    shown(numbers.get(least).size())));
  }

  private static String shown(double size) {
    BigDecimal rounded = new BigDecimal(size).round(new MathContext(3));
    return rounded.stripTrailingZeros().toPlainString();
  }

  private static TableEncoding.Column numbers(String file, Plan plan, NumberStatistics shown) {
    if (shown.isEmpty()) {
      throw new DataException(
          "%s: column '%s' has no value in any training row; put it under ignore",
          file, plan.name());
    }
    OptionalDouble fill =
        switch (plan.to().onMissing()) {
          case ERROR, DROP -> OptionalDouble.empty();
          case MEAN -> OptionalDouble.of(shown.mean());
          case MEDIAN -> OptionalDouble.of(shown.median());
        };
    return new TableEncoding.Numbers(
        shown.range(plan.to().toScale()), fill, fill.isPresent() && plan.to().hasIndicator());
  }
}
