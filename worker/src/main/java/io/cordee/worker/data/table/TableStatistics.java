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
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Statistics of the features of a job, as far as their encoding needs them. */
final class TableStatistics implements Cells {

  static final String HINT =
      " (data.preprocess.missing says what becomes of cells without a value)";

  /** Most ids of a column; more are for hashing. */
  private static final int MOST_IDS = 1 << 20;

  /** The ratio of column sizes from which users are warned. */
  private static final double MANY = 100;

  private final List<ColumnPlan> plans;

  /** By column; texts and ids are {@linkplain Decimals#plain plain} unless cells are split. */
  private final List<TextCounts> texts;

  private final int[] counted;
  private final List<NumberStatistics> numbers;
  private final List<NumberStatistics> targets;
  private final float[] values;

  /**
   * @param targets how many of a row's are values to look at
   */
  TableStatistics(List<ColumnPlan> plans, int targets) {
    this(
        plans,
        plans.stream()
            .map(it -> new TextCounts(it.ids().isPresent() ? MOST_IDS : TableSurvey.MOST_TEXTS))
            .toList(),
        targets);
  }

  private TableStatistics(List<ColumnPlan> plans, List<TextCounts> texts, int targets) {
    this.plans = plans;
    this.texts = texts;
    counted = IntStream.range(0, plans.size()).filter(i -> plans.get(i).isCounted()).toArray();
    values = new float[targets];
    numbers =
        plans.stream()
            .map(plan -> new NumberStatistics(plan.to().onMissing() == Missing.MEDIAN))
            .toList();
    this.targets = Stream.generate(() -> new NumberStatistics(false)).limit(targets).toList();
  }

  /** Returns statistics without numbers, which count texts and ids along with these. */
  TableStatistics next() {
    return new TableStatistics(plans, texts, values.length);
  }

  /** Takes a training row's cell. */
  @Override
  public void put(int column, Cell cell) {
    ColumnPlan plan = plans.get(column);
    if (plan.isCounted()) {
      putText(column, cell);
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

  private void putText(int column, Cell cell) {
    ColumnPlan plan = plans.get(column);
    if (plan.ids().isPresent()) {
      putIds(plan, cell, texts.get(column));
    } else {
      putOther(column, cell);
    }
  }

  private static void putIds(ColumnPlan plan, Cell cell, TextCounts ids) {
    IdColumn how = plan.ids().get().how();
    String text = cell.text();
    boolean isOne = how.separator().isEmpty();
    if (isOne && text.isEmpty() && plan.to().onMissing() == Missing.ERROR) {
      throw cell.error("expected an id", "none", HINT);
    }
    if (how.isHashed()) {
      return;
    }
    if (isOne) {
      ids.add(Decimals.plain(text));
    } else {
      Set<String> different = new HashSet<>();
      how.forEachId(text, different::add);
      different.forEach(ids::add);
    }
  }

  /**
   * Takes a cell of a row that is not trained on. Its text counts, too, so that the number of
   * inputs does not depend on how rows are split. An empty text counts, unless missing values are
   * refused.
   */
  void putOther(int column, Cell cell) {
    ColumnPlan plan = plans.get(column);
    if (!plan.isText() || plan.to().onMissing() == Missing.DROP && cell.isMissing()) {
      return;
    }
    String text = cell.text();
    if (plan.to().onMissing() == Missing.ERROR && text.isEmpty()) {
      throw cell.error("expected a text", "none", HINT);
    }
    texts.get(column).add(Decimals.plain(text));
  }

  /**
   * Adds a training row.
   *
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

  /** Adds a training row, without its numbers. */
  void addTexts(TextReader row, Targets unread) {
    row.read(this::putText, unread, 0);
  }

  boolean hasTexts() {
    return plans.stream().anyMatch(ColumnPlan::isText);
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

  /** Adds texts and ids, unless they are counted along with these. */
  void plusTexts(TableStatistics others) {
    for (int column : counted) {
      if (others.texts != texts) {
        texts.get(column).plus(others.texts.get(column));
      }
    }
  }

  /**
   * @throws DataException if a column has too many texts or ids
   */
  void requireFew(String file) {
    for (int i : counted) {
      if (texts.get(i).areTooMany()) {
        boolean areIds = plans.get(i).ids().isPresent();
        throw new DataException(
            "%s: expected at most %d different %s in column '%s'; found more; %s",
            file,
            areIds ? MOST_IDS : TableSurvey.MOST_TEXTS,
            areIds ? "ids" : "texts",
            plans.get(i).name(),
            areIds
                ? "hash, under data.ids, does without a dictionary"
                : "take it out of preprocess.categories and write data.ids: {'%s': {dim: 16}}"
                    .formatted(plans.get(i).name().replace("'", "''")));
      }
    }
  }

  /** Returns the texts of a column; of ids, those that have a row of their own. */
  private Stream<String> known(int column) {
    int fewest = plans.get(column).ids().map(ids -> ids.how().minCount()).orElse(1);
    return texts.get(column).rows().entrySet().stream()
        .filter(text -> text.getValue() >= fewest)
        .map(Map.Entry::getKey);
  }

  /** Returns how many inputs the columns become, and how many rows their ids need. */
  TableCounts counts(Unknown unknown) {
    int inputs = 0;
    Map<String, Integer> rows = new HashMap<>();
    for (int i = 0; i < plans.size(); i++) {
      int known = (int) known(i).count();
      inputs += plans.get(i).inputs(known, unknown);
      plans
          .get(i)
          .ids()
          .ifPresent(
              ids -> rows.put(ids.key(), ids.how().isHashed() ? ids.how().rows() : 1 + known));
    }
    return new TableCounts(inputs, rows);
  }

  /**
   * @throws DataException if a column has no value at all
   */
  TableEncoding encoding(String file, Unknown unknown) {
    List<TableEncoding.Column> columns = new ArrayList<>();
    for (int i = 0; i < plans.size(); i++) {
      ColumnPlan plan = plans.get(i);
      List<String> known = known(i).sorted().toList();
      columns.add(
          plan.ids().isPresent()
              ? new TableEncoding.Ids(plan.ids().get().table(), plan.ids().get().how(), known)
              : plan.isText()
                  ? new TableEncoding.Texts(known, unknown == Unknown.OTHER)
                  : numbers(file, plan, numbers.get(i)));
    }
    return new TableEncoding(
        columns, targets.stream().map(it -> it.range(Preprocessing.Scale.STANDARDIZE)).toList());
  }

  /** Returns a remark if the largest column is many times the smallest. */
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

  private static TableEncoding.Column numbers(
      String file, ColumnPlan plan, NumberStatistics shown) {
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
