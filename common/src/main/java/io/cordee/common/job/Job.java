package io.cordee.common.job;

import io.cordee.common.job.data.DataSpec;
import io.cordee.common.job.data.IdColumn;
import io.cordee.common.measure.Metric;
import io.cordee.common.model.FunctionModel;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.OptimizerSpec;
import io.cordee.common.reduce.Table;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is trained. The weights after round t are a function of this record (and the rows it names)
 * alone, if it {@link #isReproducible}. Its form ensures that every number is within its bounds.
 *
 * @param optimizer steps on the mean gradient of a round, or with local steps on the mean
 *     pseudo-gradient
 * @param batch with local steps, all rows: partitions count by their rows
 * @param local what partitions do by themselves; empty if they take one gradient
 * @param partitions P, from 1 to 2^20, the number of fixed slices of the training rows, and of the
 *     test rows when they are evaluated
 * @param evaluateEvery rounds between evaluations of the validation and test rows, at least 1; the
 *     first and the last weights are evaluated anyway
 * @param digestEvery rounds between digests; 0 for the last weights only
 * @param keep which weights are kept, where validation rows tell them apart
 * @param regularization of the gradients
 */
public record Job(
    String name,
    ModelSpec model,
    DataSpec data,
    OptimizerSpec optimizer,
    Batch batch,
    Optional<LocalSteps> local,
    int partitions,
    int evaluateEvery,
    int digestEvery,
    Mode mode,
    Compression compression,
    Checkpointing checkpoint,
    TeamSpec team,
    StopConditions stop,
    Keep keep,
    Regularization regularization) {

  /** Parameters of the largest table that is held whole. */
  private static final int SMALL = 1 << 19;

  /** How many ids a cell with several, or features a sparse row, is taken to have. */
  private static final int IDS_OF_LIST = 16;

  public Job with(ModelSpec other) {
    return new Job(
        name,
        other,
        data,
        optimizer,
        batch,
        local,
        partitions,
        evaluateEvery,
        digestEvery,
        mode,
        compression,
        checkpoint,
        team,
        stop,
        keep,
        regularization);
  }

  /** How many rows gradients are taken of in a round; empty if it is all that there are, once. */
  public OptionalLong rowsPerRound() {
    if (local.isPresent()) {
      return OptionalLong.of(partitions * local.get().rowsPerRound());
    }
    return batch instanceof Batch.Rows some ? OptionalLong.of(some.rows()) : OptionalLong.empty();
  }

  /** Returns whether the validation rows decide which weights are the best. */
  public boolean isMonitored() {
    return mode instanceof Mode.Sync && data.hasValidation();
  }

  /** Returns whether the server needs the accuracy on evaluated rows to know when the job ends. */
  public boolean needsAccuracy() {
    return stop.accuracy().isPresent()
        || isMonitored() && stop.monitor() == Monitor.VALIDATION_ACCURACY;
  }

  public boolean keepsBest() {
    return keep == Keep.BEST && isMonitored();
  }

  /** Returns whether the server sends signs, for workers to replay its steps. */
  public boolean sendsSigns() {
    return mode instanceof Mode.Sync
        && compression.weights() != WeightFormat.FLOATS
        && optimizer.definition().isSignDriven()
        && (model.table().isEmpty() || canSendSignsOfRows(optimizer, batch));
  }

  /**
   * Returns whether the rows of a table can be replayed: with batches, workers hold others in each
   * round; a row without a gradient has to have the sign 0.
   */
  public static boolean canSendSignsOfRows(OptimizerSpec optimizer, Batch batch) {
    return batch instanceof Batch.Full
        && optimizer.definition().replaysEverySlot()
        && Optimizer.of(optimizer, 1).canStepLate();
  }

  /**
   * The model's table, if workers hold only the rows of it that their data touch. A small one of
   * which batches touch nearly all is cheaper to hold, send and add up whole.
   */
  public Optional<Table> partlyHeld() {
    return model.table().filter(all -> all.end() - all.first() > SMALL || !isNearlyTouched(all));
  }

  private boolean isNearlyTouched(Table table) {
    Iterator<IdColumn> columns = data.preprocessing().ids().values().iterator();
    boolean isNearlyTouched = true;
    for (Table.Matrix matrix : table.matrices()) {
      boolean isOneId = columns.hasNext() && columns.next().separator().isEmpty();
      long ids = rowsPerRound().orElse(0) * (isOneId ? 1 : IDS_OF_LIST);
      isNearlyTouched &= ids >= 2L * matrix.rows();
    }
    return isNearlyTouched;
  }

  /**
   * Returns whether the weights depend on this record and its rows alone, whatever the team does.
   */
  public boolean isReproducible() {
    return mode instanceof Mode.Sync && hasExactFunction();
  }

  /** Returns whether the bits of a gradient depend on nothing but parameters and rows. */
  public boolean hasExactFunction() {
    return !(model instanceof FunctionModel function) || function.isExact();
  }

  /** Returns true if rows carry class labels, so that accuracy has a meaning; else targets. */
  public boolean hasLabels() {
    return data.train().hasLabels(model);
  }

  /** What is measured of evaluated rows, besides loss and accuracy. */
  public List<Metric> metrics() {
    return Metric.of(hasLabels(), model.outputs());
  }
}
