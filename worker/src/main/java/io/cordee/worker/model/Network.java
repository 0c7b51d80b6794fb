package io.cordee.worker.model;

import io.cordee.common.measure.ClassCounts;
import io.cordee.common.model.Mlp;
import io.cordee.common.reduce.Subvector;
import io.cordee.function.CurvatureFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import io.cordee.worker.math.SparseRows;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A model's outputs and derivatives, row after row. Their bits are a function of model, parameters
 * and rows, on any machine; docs/exactness.md defines them.
 *
 * <p>Rows are taken in micro-batches. Not thread-safe: an instance owns the memory for one, 4 bytes
 * times its rows times about twice all units (four times with curvatures), and two packed copies of
 * the weights. Each compute thread has its own; the parameter vector may be shared.
 */
public final class Network implements CurvatureFunction, PerVersion {

  /** Enough rows to multiply fast, few enough to stay in the caches. */
  public static final int MICRO_BATCH = SparseRows.BLOCK;

  private static final int UNKNOWN = -1;

  private final Mlp model;
  private final int parameterCount;
  private final int width;
  private final int microBatch;
  private final OptionalDouble tolerance;
  private final MicroBatch batch;
  private final SecondOrder secondOrder;

  /** Of the parameters of the last pass, and of the next one's. */
  private int version = UNKNOWN;

  private int next = UNKNOWN;

  private double lossSum;
  private long correct;
  private long within;

  private Network(Mlp model, int microBatch, OptionalDouble tolerance, int width, double dropout) {
    this.model = model;
    this.microBatch = microBatch;
    this.width = width;
    this.tolerance = tolerance;
    parameterCount = model.layout().parameters();
    batch = new MicroBatch(model, microBatch, dropout);
    secondOrder = secondOrder();
  }

  /**
   * @param microBatch rows in a matrix product at most
   * @param tolerance how far outputs may be from their targets to count as within
   * @param width floats summed per parameter: 1 for the gradient alone, 2 with the diagonal
   *     curvature, 1 + parameters with the Hessian, which takes at most 4,096 parameters
   * @throws IllegalArgumentException if the width is none of these
   */
  public static Network of(Mlp model, int microBatch, OptionalDouble tolerance, int width) {
    return of(model, microBatch, tolerance, width, 0);
  }

  /**
   * As above, with dropout where derivatives are taken on rows with noise.
   *
   * @param dropout the share of hidden units that are dropped, below 1; not with curvatures
   */
  public static Network of(
      Mlp model, int microBatch, OptionalDouble tolerance, int width, double dropout) {
    if (dropout > 0 && width > 1) {
      throw new IllegalArgumentException("with dropout there are no curvatures");
    }
    return new Network(model, microBatch, tolerance, width, dropout);
  }

  private SecondOrder secondOrder() {
    if (width == 1) {
      return SecondOrder.NONE;
    }
    if (model.derivativeOffset() > 0) {
      throw new IllegalArgumentException(
          "with an offset on the derivative there are gradients alone, of width 1; found " + width);
    }
    if (width == 2) {
      return new DiagonalCurvature(batch, parameterCount);
    }
    if (width == 1 + parameterCount && parameterCount <= Hessian.MAX_PARAMETERS) {
      return new Hessian(batch, parameterCount);
    }
    throw new IllegalArgumentException(
        "a width is 1 for gradients, 2 with diagonal curvature, 1 + parameters with the Hessian of at most %s parameters; found %s for a model with %s"
            .formatted(Hessian.MAX_PARAMETERS, width, parameterCount));
  }

  @Override
  public Layout layout() {
    return model.layout();
  }

  /** If the parameters are those of the last pass, its packed copies are used again. */
  @Override
  public void expect(int version) {
    next = model.table().isEmpty() ? version : UNKNOWN;
  }

  public Sums newSums() {
    return new Sums(parameterCount, width);
  }

  /**
   * Of a model with a table, parameters and sums are the whole vector, or that of the rows of the
   * table that the rows touch.
   */
  @Override
  public Stats accumulate(float[] parameters, Rows rows, Sums into) {
    Optional<Subvector> part = touched(parameters, rows);
    if (part.isPresent()) {
      Sums own = new Sums(part.get().values(), width);
      Stats stats = accumulate(taken(part.get(), parameters), rows, own);
      part.get().put(own.gradient(), into.gradient());
      return stats;
    }
    begin(parameters, rows, true);
    if (into.parameters() != parameters.length || into.width() != width) {
      throw new IllegalArgumentException(
          "expected sums of %d parameters, width %d; found %d, width %d"
              .formatted(parameters.length, width, into.parameters(), into.width()));
    }
    secondOrder.prepare(parameters);
    startTally();
    for (int from = 0; from < rows.count(); from += count(rows, from)) {
      batch.forward(parameters, rows, from, count(rows, from), rows.noise());
      addToTally(rows, from);
      batch.backward(parameters, into.gradient());
      secondOrder.add(parameters, batch, into.extra());
    }
    batch.finish(into.gradient());
    secondOrder.finish(into.extra());
    into.makeZerosPositive();
    return stats(rows);
  }

  /** The same bits as those of {@link #accumulate} of rows without noise. */
  @Override
  public Stats measure(float[] parameters, Rows rows, float[] outputs) {
    Optional<Subvector> part = touched(parameters, rows);
    if (part.isPresent()) {
      return measure(taken(part.get(), parameters), rows, outputs);
    }
    begin(parameters, rows, false);
    startTally();
    for (int from = 0; from < rows.count(); from += count(rows, from)) {
      forward(parameters, rows, from, outputs);
      addToTally(rows, from);
    }
    return stats(rows);
  }

  /** Reads no targets. */
  @Override
  public void predict(float[] parameters, Rows rows, float[] outputs) {
    Optional<Subvector> part = touched(parameters, rows);
    if (part.isPresent()) {
      predict(taken(part.get(), parameters), rows, outputs);
      return;
    }
    begin(parameters, rows, false);
    for (int from = 0; from < rows.count(); from += count(rows, from)) {
      forward(parameters, rows, from, outputs);
    }
  }

  /** The part of the vector that the rows touch, if they do not touch all of it. */
  private Optional<Subvector> touched(float[] parameters, Rows rows) {
    return model
        .table()
        .filter(table -> parameters.length == parameterCount && !hasAllInputs(rows))
        .map(table -> Subvector.of(table, parameterCount, listed(rows)))
        .filter(part -> part.values() < parameterCount);
  }

  private boolean hasAllInputs(Rows rows) {
    return model.isSparse() && rows.features() == model.inputs();
  }

  private static int[] listed(Rows rows) {
    return ListedRows.touched(rows)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a model with tables takes rows that list what they touch of them"));
  }

  private static float[] taken(Subvector part, float[] parameters) {
    float[] own = new float[part.values()];
    part.take(parameters, own);
    return own;
  }

  private void begin(float[] parameters, Rows rows, boolean again) {
    int expected =
        model
            .table()
            .filter(table -> !hasAllInputs(rows))
            .map(table -> Subvector.of(table, parameterCount, listed(rows)).values())
            .orElse(parameterCount);
    if (parameters.length != expected) {
      throw new IllegalArgumentException(
          "expected %d parameters for layers %s; found %d"
              .formatted(expected, model.layers(), parameters.length));
    }
    int features = model.inputs() - model.fromTables();
    if (!model.isSparse() && rows.features() != features) {
      throw new IllegalArgumentException(
          "expected rows of %d features, as many as the model has inputs; found %d"
              .formatted(features, rows.features()));
    }
    int now = again ? next : UNKNOWN;
    batch.begin(now != UNKNOWN && now == version);
    version = now;
    next = UNKNOWN;
    if (width == 1) {
      batch.readSparse(parameters, rows, again);
    }
  }

  /** Rows of the micro-batch that starts at a row. */
  private int count(Rows rows, int from) {
    return Math.min(microBatch, rows.count() - from);
  }

  private void forward(float[] parameters, Rows rows, int from, float[] into) {
    batch.forward(parameters, rows, from, count(rows, from), OptionalLong.empty());
    int outputs = model.outputs();
    System.arraycopy(batch.outputs(), 0, into, from * outputs, batch.rows() * outputs);
  }

  private void startTally() {
    lossSum = 0;
    correct = 0;
    within = 0;
  }

  private void addToTally(Rows rows, int from) {
    batch.loadTargets(rows, from);
    for (int row = 0; row < batch.rows(); row++) {
      lossSum += batch.loss(row);
    }
    if (tolerance.isPresent()) {
      for (int row = 0; row < batch.rows(); row++) {
        within += isWithin(row) ? 1 : 0;
      }
    }
    if (rows.labelled()) {
      for (int row = 0; row < batch.rows(); row++) {
        boolean isRight = classOf(batch.outputs(), row) == classOf(batch.targets(), row);
        correct += isRight ? 1 : 0;
      }
    }
  }

  private Stats stats(Rows rows) {
    return new Stats(rows.count(), lossSum, rows.labelled() ? correct : Stats.NOT_COUNTED, within);
  }

  private boolean isWithin(int row) {
    for (int i = row * model.outputs(); i < (row + 1) * model.outputs(); i++) {
      if (!(Math.abs((double) batch.outputs()[i] - batch.targets()[i])
          <= tolerance.getAsDouble())) {
        return false;
      }
    }
    return true;
  }

  private int classOf(float[] matrix, int row) {
    return ClassCounts.classOf(matrix, row, model.outputs());
  }
}
