package io.cordee.function;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * Where named tensors lie in the parameter vector.
 *
 * <p>Tensors are row-major.
 *
 * @param tensors in the order of their offsets, without gaps
 * @param parameters the length of the parameter vector
 */
public record Layout(List<Tensor> tensors, int parameters) implements Serializable {

  private static final long serialVersionUID = 1;

  private static final int MOST = Integer.MAX_VALUE - 16;

  /**
   * One named tensor.
   *
   * @param offset index of its first element in the parameter vector
   */
  public record Tensor(String name, List<Integer> shape, int offset) implements Serializable {

    private static final long serialVersionUID = 1;

    /**
     * @throws IllegalArgumentException if it has no name, or a negative extent
     */
    public Tensor {
      shape = List.copyOf(shape);
      if (name == null) {
        throw new IllegalArgumentException(
            "expected a name for the tensor of shape %s; found null".formatted(shape));
      }
      if (shape.stream().anyMatch(extent -> extent < 0)) {
        throw new IllegalArgumentException(
            "tensor %s: expected extents of at least 0; found the shape %s".formatted(name, shape));
      }
    }

    /**
     * Returns whether it has fewer than two dimensions, and is taken for a bias: decay may spare
     * it.
     */
    public boolean isBias() {
      return shape.size() < 2;
    }

    /** How many elements it has; 1 of a scalar. */
    public int size() {
      return shape.stream().reduce(1, Math::multiplyExact);
    }
  }

  /**
   * @throws IllegalArgumentException if the tensors leave gaps, overlap, or have a name twice
   */
  public Layout {
    tensors = List.copyOf(tensors);
    Set<String> names = new HashSet<>();
    long end = 0;
    for (Tensor tensor : tensors) {
      if (tensor.offset() != end) {
        throw new IllegalArgumentException(
            "tensor %s begins at %d; expected %d, where the one before it ends"
                .formatted(tensor.name(), tensor.offset(), end));
      }
      if (!names.add(tensor.name())) {
        throw new IllegalArgumentException("two tensors are named " + tensor.name());
      }
      end += tensor.size();
    }
    if (parameters != end) {
      throw new IllegalArgumentException(
          "the tensors have %d parameters; found %d".formatted(end, parameters));
    }
  }

  /** Makes a layout, tensor by tensor. */
  public static final class Builder {

    private final Map<String, List<Integer>> shapes = new LinkedHashMap<>();

    private Builder() {}

    /**
     * The next tensor.
     *
     * @param shape none for a scalar
     * @throws IllegalArgumentException if it has no name or a negative extent, or there is one of
     *     this name
     */
    public Builder tensor(String name, int... shape) {
      Tensor alone = new Tensor(name, Arrays.stream(shape).boxed().toList(), 0);
      if (shapes.put(name, alone.shape()) != null) {
        throw new IllegalArgumentException("two tensors are named " + name);
      }
      return this;
    }

    /**
     * @throws IllegalArgumentException if the tensors do not fit into one float array
     */
    public Layout build() {
      return of(shapes);
    }
  }

  public static Builder builder() {
    return new Builder();
  }

  /**
   * Tensors one behind the other.
   *
   * @param shapes by name; a scalar's is empty. Of several, the map keeps the order, as {@link
   *     LinkedHashMap} does; that of {@code Map.of} is another in every process
   * @throws IllegalArgumentException if they do not fit into one float array, or have no order
   */
  public static Layout of(Map<String, List<Integer>> shapes) {
    if (shapes.size() > 1 && !(shapes instanceof LinkedHashMap || shapes instanceof SortedMap)) {
      throw new IllegalArgumentException(
          "the tensors have no order in this map; use Layout.builder(), or a LinkedHashMap");
    }
    List<Tensor> tensors = new ArrayList<>();
    long offset = 0;
    for (Map.Entry<String, List<Integer>> entry : shapes.entrySet()) {
      long size = 1;
      for (int extent : entry.getValue()) {
        size = Math.min(size * extent, Integer.MAX_VALUE);
      }
      tensors.add(new Tensor(entry.getKey(), entry.getValue(), (int) offset));
      offset += size;
      if (offset > MOST) {
        throw new IllegalArgumentException(
            "a model has at most 2^31 parameters; up to " + entry.getKey() + " it has more");
      }
    }
    return new Layout(tensors, (int) offset);
  }

  /** The tensor of a name. */
  public Optional<Tensor> find(String name) {
    return tensors.stream().filter(tensor -> tensor.name().equals(name)).findFirst();
  }

  /**
   * Where a model's layout differs first from that of a job, in words for people; empty if they are
   * the same.
   */
  public Optional<String> differenceFrom(Layout job) {
    for (int i = 0; i < Math.max(tensors.size(), job.tensors.size()); i++) {
      String own = describe(i);
      String expected = job.describe(i);
      if (!own.equals(expected)) {
        return Optional.of(
            "its tensor %d is %s, and the job's is %s".formatted(i + 1, own, expected));
      }
    }
    return Optional.empty();
  }

  private String describe(int index) {
    if (index >= tensors.size()) {
      return "missing";
    }
    Tensor tensor = tensors.get(index);
    return tensor.name() + " of shape " + tensor.shape();
  }

  /** The tensor that holds the given element of the parameter vector. */
  public Tensor tensorAt(int index) {
    for (int i = tensors.size() - 1; i >= 0; i--) {
      if (tensors.get(i).offset() <= index) {
        return tensors.get(i);
      }
    }
    throw new IndexOutOfBoundsException("no tensor at " + index);
  }
}
