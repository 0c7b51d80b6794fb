package io.cordee.worker.data.table;

import io.cordee.common.job.data.Preprocessing.Missing;
import io.cordee.worker.data.format.Cells;
import io.cordee.worker.data.rows.Cell;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.Decimals;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The distinct texts of the text columns, and the ids of those of ids, {@linkplain Decimals#plain
 * plain}. An empty text counts, unless missing values are refused.
 */
final class TableTexts implements Cells {

  /** Per column: more are ids. */
  private static final int MOST = 1000;

  private final List<TableStatistics.Plan> plans;
  private final List<Set<String>> texts;

  /** By column; empty for others than those of ids. */
  private final List<Optional<TableIds>> ids;

  private boolean areTooMany;

  TableTexts(List<TableStatistics.Plan> plans) {
    this.plans = plans;
    this.texts = plans.stream().map(plan -> (Set<String>) new HashSet<String>()).toList();
    this.ids = plans.stream().map(plan -> plan.ids().map(it -> new TableIds(it.how()))).toList();
  }

  @Override
  public void put(int column, Cell cell) {
    TableStatistics.Plan plan = plans.get(column);
    if (!plan.isText() || plan.to().onMissing() == Missing.DROP && cell.isMissing()) {
      return;
    }
    String text = cell.text();
    if (plan.to().onMissing() == Missing.ERROR && text.isEmpty()) {
      throw cell.error("expected a text", "none", TableStatistics.HINT);
    }
    texts.get(column).add(Decimals.plain(text));
    areTooMany |= texts.get(column).size() > MOST;
  }

  void plus(TableTexts others) {
    for (int i = 0; i < plans.size(); i++) {
      texts.get(i).addAll(others.texts.get(i));
      areTooMany |= texts.get(i).size() > MOST;
      if (ids.get(i).isPresent()) {
        ids(i).plus(others.ids(i));
        areTooMany |= ids(i).areTooMany();
      }
    }
  }

  /**
   * @throws DataException if a column has too many
   */
  void requireFew(String file) {
    for (int i = 0; areTooMany && i < plans.size(); i++) {
      boolean areIds = ids.get(i).isPresent();
      if (areIds ? ids(i).areTooMany() : texts.get(i).size() > MOST) {
        throw new DataException(
            "%s: expected at most %d different %s in column '%s'; found more; %s",
            file,
            areIds ? TableIds.MOST : MOST,
            areIds ? "ids" : "texts",
            plans.get(i).name(),
            areIds
                ? "hash, under data.ids, does without a dictionary"
                : "take it out of preprocess.categories and write data.ids: {'%s': {dim: 16}}"
                    .formatted(plans.get(i).name().replace("'", "''")));
      }
    }
  }

  /** Of a training row. */
  void putTraining(int column, Cell cell) {
    if (plans.get(column).ids().isEmpty()) {
      put(column, cell);
      return;
    }
    boolean isMissing =
        cell.text().isEmpty() && plans.get(column).ids().get().how().separator().isEmpty();
    if (isMissing && plans.get(column).to().onMissing() == Missing.ERROR) {
      throw cell.error("expected an id", "none", TableStatistics.HINT);
    }
    ids(column).put(cell.text());
    areTooMany |= ids(column).areTooMany();
  }

  TableIds ids(int column) {
    return ids.get(column).orElseThrow();
  }

  boolean areWanted() {
    return plans.stream().anyMatch(TableStatistics.Plan::isText);
  }

  /** By column. */
  List<List<String>> sorted() {
    return texts.stream().map(of -> of.stream().sorted().toList()).toList();
  }
}
