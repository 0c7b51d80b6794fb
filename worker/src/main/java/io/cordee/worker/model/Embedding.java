package io.cordee.worker.model;

import io.cordee.common.kernel.PlainFirst;
import io.cordee.common.model.IdTable;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.reduce.Table;
import io.cordee.function.Rows;
import io.cordee.worker.math.Kernels;
import io.cordee.worker.math.MatrixProduct;
import io.cordee.worker.math.RowLists;
import java.util.Arrays;
import java.util.List;

/**
 * The inputs of a model: for each of its tables of ids the weighted sum of the rows that a row of
 * data names, then that row's numbers. Not thread-safe.
 *
 * <p>Only the rows of tables that are touched lie in parameters and gradients here.
 */
final class Embedding {

  private final List<IdTable> tables;
  private final int inputs;
  private final int fromTables;

  /** Where the first table begins in the parameters. */
  private final int first;

  private final PlainFirst<Kernels> choice;
  private float[] parameters = {};

  /** Of the rows of a pass, by table. */
  private List<RowLists> ids = List.of();

  /** Where each table's rows begin in the parameters. */
  private final int[] starts;

  private float[] numbers = {};

  Embedding(ModelSpec model, MatrixProduct product) {
    tables = model.ids();
    inputs = model.inputs();
    fromTables = model.fromTables();
    first = model.table().map(Table::first).orElse(0);
    starts = new int[tables.size()];
    choice = product.choice();
  }

  boolean isEmpty() {
    return tables.isEmpty();
  }

  /** Inputs that come from tables. */
  int width() {
    return fromTables;
  }

  /** Begins a pass: the parameters differ from now on, and the rows. */
  void begin(float[] parameters, Rows rows) {
    this.parameters = parameters;
    ids = ListedRows.tables(rows);
    int[] touched = ListedRows.touched(rows).orElseThrow();
    int behind = 0;
    int from = 0;
    int start = first;
    for (int t = 0; t < tables.size(); t++) {
      behind += tables.get(t).rows();
      int to = from;
      while (to < touched.length && touched[to] < behind) {
        to++;
      }
      starts[t] = start;
      start += (to - from) * tables.get(t).dim();
      from = to;
    }
  }

  /** Fills [count, inputs]. */
  void fill(Rows all, int from, int count, float[] into) {
    if (isEmpty()) {
      all.copyFeatures(from, count, into);
      return;
    }
    Arrays.fill(into, 0, count * inputs, 0);
    int at = 0;
    for (int t = 0; t < tables.size(); t++) {
      int dim = tables.get(t).dim();
      RowLists rows = ids.get(t);
      long start = System.nanoTime();
      rows.addSums(choice.get(), from, count, dim, parameters, starts[t], into, at, inputs);
      choice.took(rows.multiplied(from, count) * dim, start);
      at += dim;
    }
    int others = inputs - fromTables;
    if (numbers.length < count * others) {
      numbers = new float[count * others];
    }
    all.copyFeatures(from, count, numbers);
    for (int row = 0; row < count; row++) {
      System.arraycopy(numbers, row * others, into, row * inputs + fromTables, others);
    }
  }

  /**
   * @param errors ∂E/∂input, [count, {@link #width}]
   */
  void addGradient(int from, int count, float[] errors, float[] gradient) {
    int at = 0;
    for (int t = 0; t < tables.size(); t++) {
      int dim = tables.get(t).dim();
      RowLists rows = ids.get(t);
      long start = System.nanoTime();
      rows.addGradient(choice.get(), from, count, dim, errors, at, fromTables, gradient, starts[t]);
      choice.took(rows.multiplied(from, count) * dim, start);
      at += dim;
    }
  }
}
