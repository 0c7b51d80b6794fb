package io.cordee.worker.data.table;

import io.cordee.common.job.data.Preprocessing.Missing;
import io.cordee.common.job.data.TableEncoding;
import io.cordee.worker.data.format.Cells;
import io.cordee.worker.data.rows.Decimals;
import io.cordee.worker.data.rows.RowPlace;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The distinct texts of the text columns; equal numbers are one. An empty text counts, unless
 * missing values are refused.
 */
final class TableTexts implements Cells {

  /** Per column: more are no categories. */
  private static final int MOST = TableEncoding.MOST;

  private final List<TableStatistics.Plan> plans;
  private final List<SortedSet<String>> texts;

  TableTexts(List<TableStatistics.Plan> plans) {
    this.plans = plans;
    this.texts = plans.stream().map(plan -> (SortedSet<String>) new TreeSet<String>()).toList();
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

  boolean areWanted() {
    return plans.stream().anyMatch(TableStatistics.Plan::isText);
  }

  /** By column, sorted. */
  List<List<String>> sorted() {
    return texts.stream().map(List::copyOf).toList();
  }
}
