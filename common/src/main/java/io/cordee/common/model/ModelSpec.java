package io.cordee.common.model;

import java.util.List;

/**
 * A fully connected network.
 *
 * @param layers units per layer, inputs first, outputs last; two entries make a softmax or linear
 *     regression
 */
public record ModelSpec(
    List<Integer> layers, Activation activation, Output output, Loss loss, Init init) {

  public ModelSpec {
    layers = List.copyOf(layers);
    if (layers.size() < 2) {
      throw new IllegalArgumentException(
          "a model needs at least an input and an output layer; found " + layers);
    }
    if (layers.stream().anyMatch(units -> units < 1)) {
      throw new IllegalArgumentException("every layer needs at least one unit; found " + layers);
    }
    if (output == Output.LINEAR && loss == Loss.CROSS_ENTROPY) {
      throw new IllegalArgumentException(
          "linear outputs have no cross-entropy; use loss: squared-error");
    }
  }

  public int inputs() {
    return layers.get(0);
  }

  public int outputs() {
    return layers.get(layers.size() - 1);
  }

  /** The number of weight layers: one less than the entries of {@link #layers()}. */
  public int depth() {
    return layers.size() - 1;
  }
}
