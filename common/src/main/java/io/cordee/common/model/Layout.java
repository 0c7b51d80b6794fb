package io.cordee.common.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Where each layer's tensors lie in the parameter vector.
 *
 * <p>Layer l (from 1) has {@code layerL.weight} of shape [out, in], row-major, then {@code
 * layerL.bias} of shape [out].
 *
 * @param tensors in the order of their offsets, without gaps
 * @param parameters the length of the parameter vector
 */
public record Layout(List<Tensor> tensors, int parameters) {

  /**
   * One named tensor.
   *
   * @param offset index of its first element in the parameter vector
   */
  public record Tensor(String name, List<Integer> shape, int offset) {

    public Tensor {
      shape = List.copyOf(shape);
    }

    public boolean isBias() {
      return shape.size() == 1;
    }

    public int size() {
      return shape.stream().reduce(1, Math::multiplyExact);
    }
  }

  public Layout {
    tensors = List.copyOf(tensors);
  }

  /**
   * The layout of a fully connected network.
   *
   * @throws IllegalArgumentException if the parameters do not fit into one float array
   */
  public static Layout of(ModelSpec model) {
    List<Tensor> tensors = new ArrayList<>();
    long offset = 0;
    for (int layer = 1; layer <= model.depth(); layer++) {
      int in = model.layers().get(layer - 1);
      int out = model.layers().get(layer);
      long end = offset + (long) out * in + out;
      if (end > Integer.MAX_VALUE - 16) {
        throw new IllegalArgumentException(
            "a model has at most 2^31 parameters; layers " + model.layers() + " need more");
      }
      tensors.add(new Tensor("layer" + layer + ".weight", List.of(out, in), (int) offset));
      tensors.add(
          new Tensor("layer" + layer + ".bias", List.of(out), (int) (offset + (long) out * in)));
      offset = end;
    }
    return new Layout(tensors, (int) offset);
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
