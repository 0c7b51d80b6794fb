package io.cordee.common.model;

/**
 * The loss of one row; a round's loss is its mean over the rows of the batch.
 *
 * <p>With targets t and outputs y: {@code CROSS_ENTROPY} is −Σ t·ln y for softmax and −Σ (t·ln y +
 * (1−t)·ln(1−y)) for sigmoid outputs; {@code SQUARED_ERROR} is ½ Σ (y − t)².
 */
public enum Loss {
  CROSS_ENTROPY,
  SQUARED_ERROR
}
