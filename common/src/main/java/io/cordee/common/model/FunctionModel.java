package io.cordee.common.model;

import io.cordee.common.reduce.Table;
import io.cordee.function.Layout;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model that the server knows the parameters of, and nothing else: workers bring a {@linkplain
 * io.cordee.function.GradientFunction gradient function}.
 *
 * @param given the tensors of the function and of its first weights
 * @param weights the first ones
 * @param function the name of the function's provider; empty if the program that a worker runs in
 *     brings it
 * @param file what the function is read from, in each worker's data folder
 * @param settings of the function
 * @param inputs features of a row; 0 if the function holds the rows itself
 * @param outputs for a row; 0 if it has none but a loss
 * @param loss what it minimizes; empty if the function knows it
 * @param isExact whether the function keeps the contract of equal bits
 * @param seed what random numbers are drawn from
 * @param ids tables whose rows make up the first inputs
 */
public record FunctionModel(
    Layout given,
    FirstWeights weights,
    Optional<String> function,
    Optional<String> file,
    Map<String, String> settings,
    int inputs,
    int outputs,
    Optional<Loss> loss,
    boolean isExact,
    long seed,
    List<IdTable> ids)
    implements ModelSpec {

  private static final long serialVersionUID = 1;

  public FunctionModel {
    ids = List.copyOf(ids);
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  public FunctionModel startingAt(FirstWeights others) {
    return new FunctionModel(
        given, others, function, file, settings, inputs, outputs, loss, isExact, seed, ids);
  }

  @Override
  public FunctionModel with(List<IdTable> tables) {
    return new FunctionModel(
        given, weights, function, file, settings, inputs, outputs, loss, isExact, seed, tables);
  }

  /** The tensors of the function, then {@code ids.NAME} of shape [rows, dim] of each table. */
  @Override
  public Layout layout() {
    if (ids.isEmpty()) {
      return given;
    }
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    given.tensors().forEach(it -> shapes.put(it.name(), it.shape()));
    ids.forEach(it -> shapes.put(it.tensor(), it.shape()));
    return Layout.of(shapes);
  }

  @Override
  public Optional<Table> table() {
    return ids.isEmpty()
        ? Optional.empty()
        : Optional.of(new Table(given.parameters(), ids.stream().map(IdTable::matrix).toList()));
  }

  @Override
  public Optional<FirstWeights> first() {
    return Optional.of(weights);
  }

  @Override
  public boolean hasOneValue() {
    return loss.equals(Optional.of(Loss.SQUARED_ERROR)) && outputs == 1;
  }

  @Override
  public boolean hasProbabilities() {
    return loss.equals(Optional.of(Loss.CROSS_ENTROPY));
  }

  @Override
  public String summary() {
    return file.or(() -> function).orElse("a gradient function");
  }

  private Object writeReplace() {
    return SerializedModel.of(this);
  }
}
