package io.cordee.worker.data.table;

import io.cordee.common.job.data.IdColumn;
import io.cordee.common.job.data.Preprocessing;
import io.cordee.common.job.data.Preprocessing.Missing;
import io.cordee.common.job.data.Preprocessing.Unknown;
import io.cordee.worker.data.rows.DataException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Plan of what becomes of a feature's column.
 *
 * @param name for messages
 * @param ids empty for other columns
 */
record ColumnPlan(String name, Preprocessing.Column to, boolean isText, Optional<Ids> ids) {

  /**
   * Plan of a column of ids.
   *
   * @param key by which the job calls it
   * @param table its number
   */
  record Ids(String key, int table, IdColumn how) {}

  /**
   * Plans what becomes of each feature.
   *
   * @throws DataException if the job names other columns, or one of two with the same name
   */
  static List<ColumnPlan> of(Preprocessing wanted, List<String> names, TextFile.Finder columns) {
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
                new ColumnPlan(
                    names.get(i),
                    wanted.of(keys.get(i)),
                    !Collections.disjoint(keys.get(i), wanted.categories()),
                    ids.stream()
                        .filter(keys.get(i)::contains)
                        .findFirst()
                        .map(key -> new Ids(key, ids.indexOf(key), wanted.ids().get(key)))))
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

  /** Returns true if its distinct texts or ids are counted, rather than its numbers. */
  boolean isCounted() {
    return isText || ids.isPresent();
  }

  /**
   * Returns how many inputs the column becomes.
   *
   * @param texts how many distinct ones it has
   */
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
