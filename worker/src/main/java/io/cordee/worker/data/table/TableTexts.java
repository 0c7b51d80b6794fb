package io.cordee.worker.data.table;

import io.cordee.common.job.data.Preprocessing.Missing;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.worker.data.format.Cells;
import io.cordee.worker.data.rows.Decimals;
import io.cordee.worker.data.rows.RowPlace;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The distinct texts of the text columns, and the ids of those of ids; equal numbers are one. An
 * empty text counts, unless missing values are refused.
 */
final class TableTexts implements Cells {

  /** Per column: more are no categories. */
  private static final int MOST = TableEncoding.MOST;

  private final List<TableStatistics.Plan> plans;
  private final List<SortedSet<String>> texts;

  /** By column; empty for others than those of ids. */
  private final List<Optional<TableIds>> ids;

  TableTexts(List<TableStatistics.Plan> plans) {
    this.plans = plans;
    this.texts = plans.stream().map(plan -> (SortedSet<String>) new TreeSet<String>()).toList();
    this.ids = plans.stream().map(plan -> plan.ids().map(it -> new TableIds(it.how()))).toList();
  }

  @Override
  public void put(int column, String text, RowPlace place) {
    TableStatistics.Plan plan = plans.get(column);
    boolean isDropped = plan.to().onMissing() == Missing.DROP && MISSING.contains(text);
    if (!plan.isText() || isDropped) {
      return;
    }
    if (plan.to().onMissing() == Missing.ERROR && text.isEmpty()) {
      throw place.error("expected a text", "none", TableStatistics.HINT);
    }
    SortedSet<String> ofColumn = texts.get(column);
    boolean isSaid = ofColumn.size() > MOST;
    if (!isSaid && ofColumn.add(Decimals.plain(text)) && ofColumn.size() > MOST) {
      throw place.error("expected at most " + MOST + " different texts", "one more");
    }
  }

  /** Of a training row. */
  void putIds(int column, String text, RowPlace place) {
    boolean isMissing = text.isEmpty() && plans.get(column).ids().get().how().separator().isEmpty();
    if (isMissing && plans.get(column).to().onMissing() == Missing.ERROR) {
      throw place.error("expected an id", "none", TableStatistics.HINT);
    }
    ids(column).put(text, place);
  }

  TableIds ids(int column) {
    return ids.get(column).orElseThrow();
  }

  boolean areWanted() {
    return plans.stream().anyMatch(TableStatistics.Plan::isText);
  }

  /** By column, sorted. */
  List<List<String>> sorted() {
    return texts.stream().map(List::copyOf).toList();
  }
}
