package io.cordee.common.job;

import java.util.List;

/**
 * What keeps a network from learning its training rows by heart, or one class at the cost of the
 * others. It applies to gradients and the loss of training rows, and to nothing that is evaluated.
 *
 * @param dropout the share of hidden units that are left out for a row and round, 0 to below 1; the
 *     others count for more. Srivastava et al. 2014, Dropout
 * @param labelSmoothing the share of a label that is spread over all classes, 0 to below 1. Szegedy
 *     et al. 2016, Rethinking the Inception Architecture for Computer Vision
 * @param balanceClasses whether each class counts alike, however many rows it has
 * @param classWeights how much a row of each class counts; none if all count alike
 */
public record Regularization(
    double dropout, double labelSmoothing, boolean balanceClasses, List<Double> classWeights) {

  public static final Regularization NONE = new Regularization(0, 0, false, List.of());

  public Regularization {
    classWeights = List.copyOf(classWeights);
  }

  /** Returns whether nothing is regularized. */
  public boolean isNone() {
    return equals(NONE);
  }

  /** Returns whether rows count for more or less than 1. */
  public boolean weighsClasses() {
    return balanceClasses || !classWeights.isEmpty();
  }
}
