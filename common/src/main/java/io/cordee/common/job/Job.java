package io.cordee.common.job;

import io.cordee.common.model.ModelSpec;
import io.cordee.common.model.Output;
import io.cordee.common.rule.RuleSpec;

/**
 * What is trained. The weights after round t are a function of this record (and the rows it names)
 * alone.
 *
 * @param microBatch rows per matrix product
 * @param partitions P, the number of fixed slices of the training rows, and of the test rows when
 *     they are evaluated
 * @param evaluateEvery rounds between evaluations of the test rows; the first and the last weights
 *     are evaluated anyway
 */
public record Job(
    String name,
    ModelSpec model,
    DataSpec data,
    RuleSpec rule,
    Batch batch,
    int microBatch,
    int partitions,
    int evaluateEvery,
    Compute compute,
    StopConditions stop) {

  public Job {
    if (partitions < 1 || partitions > 1 << 20) {
      throw new IllegalArgumentException("partitions must be 1 to 1048576; found " + partitions);
    }
    if (microBatch < 1) {
      throw new IllegalArgumentException("micro_batch must be at least 1; found " + microBatch);
    }
    if (evaluateEvery < 1) {
      throw new IllegalArgumentException(
          "evaluate_every must be at least 1; found " + evaluateEvery);
    }
  }

  /** Whether rows carry class labels, so that accuracy has a meaning, rather than target values. */
  public boolean hasLabels() {
    SourceSpec source = data.train();
    if (source instanceof SourceSpec.Csv csv) {
      return csv.label().isPresent();
    }
    if (source instanceof SourceSpec.LibSvm libsvm) {
      boolean isRegression = model.output() == Output.LINEAR && model.outputs() == 1;
      return !libsvm.classes().isEmpty() || !isRegression;
    }
    return true;
  }
}
