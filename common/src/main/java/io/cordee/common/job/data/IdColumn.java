package io.cordee.common.job.data;

import io.cordee.common.kernel.Xxh64;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * A column of ids, each of which has a row of a table; a model reads the sum or the mean of the
 * rows of a cell.
 *
 * @param dim numbers of a row
 * @param rows of the table: with a dictionary, row 0 is of all ids that are not in it
 * @param minCount in how many training rows, cell by cell, an id of the dictionary stands at least
 * @param separator of the ids of a cell; empty if each cell is one id
 * @param isHashed whether an id's hash gives its row, without a dictionary
 */
public record IdColumn(
    int dim, int rows, int minCount, String separator, Pool pool, boolean isHashed) {

  /** What becomes of the rows of a cell. */
  public enum Pool {
    SUM,
    MEAN
  }

  public IdColumn {
    Objects.requireNonNull(separator);
    Objects.requireNonNull(pool);
    if (dim < 1 || rows < 1) {
      throw new IllegalArgumentException(
          "expected at least 1 row of at least 1 number; found %d of %d".formatted(rows, dim));
    }
  }

  public IdColumn withRows(int counted) {
    return new IdColumn(dim, counted, minCount, separator, pool, isHashed);
  }

  /** Returns the row of the table that an id's hash gives. */
  public int hashed(String id) {
    return (int) Long.remainderUnsigned(Xxh64.hash(id.getBytes(StandardCharsets.UTF_8)), rows);
  }

  /**
   * Returns the rows of the table that a cell names, each with the factor by which it is read.
   *
   * @param row gives an id's
   */
  public SortedMap<Integer, Double> factors(String cell, ToIntFunction<String> row) {
    SortedMap<Integer, Double> factors = new TreeMap<>();
    forEachId(cell, id -> factors.merge(row.applyAsInt(id), 1.0, Double::sum));
    if (pool == Pool.MEAN) {
      double all = factors.values().stream().mapToDouble(count -> count).sum();
      factors.replaceAll((own, count) -> count / all);
    }
    return factors;
  }

  /** Passes on each id of a cell, in order, since a long cell may have millions. */
  public void forEachId(String cell, Consumer<String> to) {
    if (separator.isEmpty()) {
      to.accept(cell);
      return;
    }
    for (int from = 0; from <= cell.length(); ) {
      int next = cell.indexOf(separator, from);
      int end = next < 0 ? cell.length() : next;
      if (end > from) {
        to.accept(cell.substring(from, end));
      }
      from = end + separator.length();
    }
  }
}
