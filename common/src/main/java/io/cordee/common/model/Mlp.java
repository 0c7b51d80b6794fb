package io.cordee.common.model;

import io.cordee.common.reduce.Table;
import io.cordee.function.Layout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A fully connected network.
 *
 * @param layers units per layer, inputs first, outputs last; two entries make a softmax or linear
 *     regression
 * @param derivativeOffset added to the sigmoid's derivative on the way back, so that saturated
 *     units go on learning; 0 for the derivative as it is. Fahlman, "An Empirical Study of Learning
 *     Speed in Back-Propagation Networks", 1988, took 0.1. It goes with sigmoid hidden units, and
 *     with sigmoid outputs and a squared error; for a cross-entropy, y′ is not in the gradient
 * @param isSparse whether the first layer's weights are a {@link Table} with a row for each input
 * @param ids tables whose rows make up the first inputs
 */
public record Mlp(
    List<Integer> layers,
    Activation activation,
    Output output,
    Loss loss,
    Init init,
    double derivativeOffset,
    boolean isSparse,
    List<IdTable> ids)
    implements ModelSpec {

  /** The tensor of a sparse first layer's weights. */
  public static final String TABLE = "layer1.table";

  private static final long serialVersionUID = 1;

  private static final String NO_PLACE_FOR_OFFSET =
      "derivative_offset is for the sigmoid's derivative: of sigmoid hidden units, or of sigmoid"
          + " outputs with a squared error; this model has neither";

  /** Without a table. */
  public Mlp(
      List<Integer> layers,
      Activation activation,
      Output output,
      Loss loss,
      Init init,
      double derivativeOffset) {
    this(layers, activation, output, loss, init, derivativeOffset, false, List.of());
  }

  public Mlp {
    layers = List.copyOf(layers);
    ids = List.copyOf(ids);
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
    if (!(derivativeOffset >= 0 && derivativeOffset <= 1)) {
      throw new IllegalArgumentException(
          "the derivative's offset is 0 to 1, classically 0.1; found " + derivativeOffset);
    }
    boolean isInHidden = activation == Activation.SIGMOID && layers.size() > 2;
    boolean isInOutput = output == Output.SIGMOID && loss == Loss.SQUARED_ERROR;
    if (derivativeOffset > 0 && !isInHidden && !isInOutput) {
      throw new IllegalArgumentException(NO_PLACE_FOR_OFFSET);
    }
  }

  /**
   * Layer l (from 1) has {@code layerL.weight} of shape [out, in], row-major, then {@code
   * layerL.bias} of shape [out]. A sparse first layer has {@code layer1.table} of shape [in, out]
   * instead of its weight, behind everything else; there is {@code ids.NAME} of shape [rows, dim],
   * too, of each table of ids.
   */
  @Override
  public Layout layout() {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    for (int layer = 1; layer <= depth(); layer++) {
      int in = layers.get(layer - 1);
      int out = layers.get(layer);
      if (layer > 1 || !isSparse) {
        shapes.put("layer" + layer + ".weight", List.of(out, in));
      }
      shapes.put("layer" + layer + ".bias", List.of(out));
    }
    if (isSparse) {
      shapes.put(TABLE, List.of(layers.get(0), layers.get(1)));
    }
    ids.forEach(table -> shapes.put(table.tensor(), table.shape()));
    return Layout.of(shapes);
  }

  @Override
  public Optional<Table> table() {
    if (!isSparse && ids.isEmpty()) {
      return Optional.empty();
    }
    List<Table.Matrix> matrices =
        isSparse
            ? List.of(new Table.Matrix(layers.get(0), layers.get(1)))
            : ids.stream().map(IdTable::matrix).toList();
    String first = isSparse ? TABLE : ids.get(0).tensor();
    return layout().find(first).map(tensor -> new Table(tensor.offset(), matrices));
  }

  @Override
  public Mlp with(List<IdTable> tables) {
    return new Mlp(layers, activation, output, loss, init, derivativeOffset, isSparse, tables);
  }

  @Override
  public int inputs() {
    return layers.get(0);
  }

  @Override
  public int outputs() {
    return layers.get(layers.size() - 1);
  }

  @Override
  public long seed() {
    return init.seed();
  }

  @Override
  public Optional<FirstWeights> first() {
    return init.weights();
  }

  @Override
  public boolean hasOneValue() {
    return output == Output.LINEAR && outputs() == 1;
  }

  @Override
  public boolean hasProbabilities() {
    return output != Output.LINEAR;
  }

  @Override
  public String summary() {
    return layers.stream().map(String::valueOf).collect(Collectors.joining("-"));
  }

  /** The number of weight layers: one less than the entries of {@link #layers()}. */
  public int depth() {
    return layers.size() - 1;
  }

  private Object writeReplace() {
    return SerializedModel.of(this);
  }
}
