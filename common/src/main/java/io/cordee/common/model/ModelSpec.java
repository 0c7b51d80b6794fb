package io.cordee.common.model;

import io.cordee.common.reduce.Table;
import io.cordee.function.Layout;
import java.io.Serializable;
import java.util.Optional;

/** What is trained: a layout of parameters, and what computes with them. */
public sealed interface ModelSpec extends Serializable permits Mlp, FunctionModel {

  /**
   * @throws IllegalArgumentException if the parameters do not fit into one float array
   */
  Layout layout();

  /** The parameters that workers hold in part only, behind all others. */
  default Optional<Table> table() {
    return Optional.empty();
  }

  /** Features of a row; 0 if whatever computes gradients holds the rows itself. */
  int inputs();

  /** Outputs for a row; 0 if it has none but a loss. */
  int outputs();

  long seed();

  /** Where the first weights are; empty if they are drawn. */
  Optional<FirstWeights> first();

  /** Whether it has one output that is a value, rather than a class. */
  boolean hasOneValue();

  /** Whether its outputs are the probabilities of classes. */
  boolean hasProbabilities();

  /** In a few words: its layers, or the function's name. */
  String summary();
}
