package io.cordee.worker.model;

import io.cordee.common.model.IdTable;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.reduce.Table;
import io.cordee.function.Rows;
import io.cordee.worker.math.Matrix;
import io.cordee.worker.math.MatrixProduct;
import io.cordee.worker.math.SparseProduct;
import io.cordee.worker.math.SparseRows;
import java.util.ArrayList;
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

  private final List<SparseProduct> products = new ArrayList<>();

  /** Of the rows of a pass, by table. */
  private List<SparseRows> ids = List.of();

  /** Where each table's rows begin in the parameters. */
  private final int[] starts;

  private float[] numbers = {};

  Embedding(ModelSpec model, MatrixProduct product) {
    tables = model.ids();
    inputs = model.inputs();
    fromTables = model.fromTables();
    first = model.table().map(Table::first).orElse(0);
    starts = new int[tables.size()];
    tables.forEach(table -> products.add(product.newSparseProduct(table.dim())));
  }

  boolean isEmpty() {
    return tables.isEmpty();
  }

  /** Inputs that come from tables. */
  int width() {
    return fromTables;
  }

  /** Begins a pass: the parameters differ from now on, and the rows. */
  void begin(float[] parameters, Rows rows, boolean again) {
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
      products.get(t).begin(of(parameters, t), to - from, again);
      start += (to - from) * tables.get(t).dim();
      from = to;
    }
  }

  /** The touched rows of a table, [dim, rows]. */
  private Matrix of(float[] vector, int t) {
    return Matrix.of(vector, starts[t], tables.get(t).dim()).transposed();
  }

  /** Fills [count, inputs]. */
  void fill(Rows rows, int from, int count, float[] into) {
    if (isEmpty()) {
      rows.copyFeatures(from, count, into);
      return;
    }
    Arrays.fill(into, 0, count * inputs, 0);
    int at = 0;
    for (int t = 0; t < tables.size(); t++) {
      products.get(t).addSums(ids.get(t), from, count, Matrix.of(into, at, inputs));
      at += tables.get(t).dim();
    }
    int others = inputs - fromTables;
    if (numbers.length < count * others) {
      numbers = new float[count * others];
    }
    rows.copyFeatures(from, count, numbers);
    for (int row = 0; row < count; row++) {
      System.arraycopy(numbers, row * others, into, row * inputs + fromTables, others);
    }
  }

  /**
   * @param errors ∂E/∂input, [count, {@link #width}]
   */
  void addGradient(int from, int count, float[] errors) {
    int at = 0;
    for (int t = 0; t < tables.size(); t++) {
      products.get(t).addGradient(ids.get(t), from, count, Matrix.of(errors, at, fromTables));
      at += tables.get(t).dim();
    }
  }

  /** Ends a pass that summed the gradient. */
  void finish(float[] gradient) {
    for (int t = 0; t < tables.size(); t++) {
      products.get(t).end(of(gradient, t));
    }
  }
}
