package io.cordee.common.model;

import io.cordee.common.reduce.Table;
import io.cordee.function.Layout;
import java.io.Serializable;
import java.util.List;
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

  /** Tables whose rows make up the first inputs. */
  List<IdTable> ids();

  /** Inputs that come from tables. */
  default int fromTables() {
    return ids().stream().mapToInt(IdTable::dim).sum();
  }

  /** The same with inputs of which the first come from tables. */
  ModelSpec with(List<IdTable> tables);

  /** Features of a row; 0 if whatever computes gradients holds the rows itself. */
  int inputs();

  /** Outputs for a row; 0 if it has none but a loss. */
  int outputs();

  long seed();

  /** Where the first weights are; empty if they are drawn. */
  Optional<FirstWeights> first();

  /** Of first weights that are given; parameters behind them are drawn. */
  default Layout given() {
    return layout();
  }

  /** Returns whether it has one output that is a value, rather than a class. */
  boolean hasOneValue();

  /** Returns whether its outputs are the probabilities of classes. */
  boolean hasProbabilities();

  /** In a few words: its layers, or the function's name. */
  String summary();
}
