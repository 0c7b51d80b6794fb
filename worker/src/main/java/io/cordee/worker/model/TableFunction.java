package io.cordee.worker.model;

import io.cordee.common.model.ModelSpec;
import io.cordee.common.reduce.Subvector;
import io.cordee.common.reduce.Table;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import io.cordee.worker.math.MatrixProduct;
import io.cordee.worker.math.SparseRows;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A gradient function of which the first inputs come from tables of ids. Parameters and sums are
 * the whole vector, or that of the rows of tables that the rows touch. Not thread-safe.
 */
public final class TableFunction implements GradientFunction, PerVersion {

  private final GradientFunction function;
  private final ModelSpec model;
  private final Layout layout;
  private final Table table;
  private final Embedding embedding;

  public TableFunction(GradientFunction function, ModelSpec model) {
    this.function = function;
    this.model = model;
    layout = model.layout();
    table = model.table().orElseThrow();
    embedding = new Embedding(model, new MatrixProduct());
  }

  @Override
  public Layout layout() {
    return layout;
  }

  @Override
  public void expect(int version) {
    if (function instanceof PerVersion own) {
      own.expect(version);
    }
  }

  @Override
  public Stats accumulate(float[] parameters, Rows rows, Sums sums) {
    Subvector part = part(rows);
    if (sums.parameters() > part.values()) {
      Sums own = new Sums(part.values(), 1);
      Stats stats = accumulate(parameters, rows, own);
      part.put(own.gradient(), sums.gradient());
      return stats;
    }
    embedding.begin(taken(parameters, part), rows);
    Sums own = new Sums(table.first(), 1);
    float[] errors = new float[Math.multiplyExact(rows.count(), embedding.width())];
    Stats stats = function.accumulate(own(parameters), new InputRows(rows), own, errors);
    System.arraycopy(own.gradient(), 0, sums.gradient(), 0, table.first());
    for (int from = 0; from < rows.count(); from += SparseRows.BLOCK) {
      int count = Math.min(SparseRows.BLOCK, rows.count() - from);
      int first = from * embedding.width();
      float[] some = Arrays.copyOfRange(errors, first, first + count * embedding.width());
      embedding.addGradient(from, count, some, sums.gradient());
    }
    sums.makeZerosPositive();
    return stats;
  }

  @Override
  public Stats measure(float[] parameters, Rows rows, float[] outputs) {
    embedding.begin(taken(parameters, part(rows)), rows);
    return function.measure(own(parameters), new InputRows(rows), outputs);
  }

  @Override
  public void predict(float[] parameters, Rows rows, float[] outputs) {
    embedding.begin(taken(parameters, part(rows)), rows);
    function.predict(own(parameters), new InputRows(rows), outputs);
  }

  private Subvector part(Rows rows) {
    return Subvector.of(table, layout.parameters(), ListedRows.touched(rows).orElseThrow());
  }

  private static float[] taken(float[] parameters, Subvector part) {
    if (parameters.length == part.values()) {
      return parameters;
    }
    float[] own = new float[part.values()];
    part.take(parameters, own);
    return own;
  }

  /** The function's own parameters. */
  private float[] own(float[] parameters) {
    return Arrays.copyOf(parameters, table.first());
  }

  @Override
  public void close() {
    function.close();
  }

  /** Rows with what tables give for them, computed block by block as they are asked for. */
  private final class InputRows implements ForwardingRows {

    private final Rows rows;
    private final float[] block;
    private int blockAt = -1;

    InputRows(Rows rows) {
      this.rows = rows;
      block = new float[Math.min(SparseRows.BLOCK, rows.count()) * model.inputs()];
    }

    @Override
    public Rows rows() {
      return rows;
    }

    /** The lists of the data's rows lack the inputs from tables. */
    @Override
    public Optional<SparseRows> sparse(boolean again) {
      return Optional.empty();
    }

    @Override
    public OptionalLong noise() {
      return rows.noise();
    }

    @Override
    public int features() {
      return model.inputs();
    }

    @Override
    public void copyFeatures(int from, int count, float[] into) {
      int width = features();
      for (int row = from; row < from + count; ) {
        int at = row - row % SparseRows.BLOCK;
        int size = Math.min(SparseRows.BLOCK, count() - at);
        if (at != blockAt) {
          embedding.fill(rows, at, size, block);
          blockAt = at;
        }
        int some = Math.min(at + size, from + count) - row;
        System.arraycopy(block, (row - at) * width, into, (row - from) * width, some * width);
        row += some;
      }
    }
  }
}
