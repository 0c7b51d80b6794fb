package io.cordee.torch;

import io.cordee.function.Layout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.NamedTensor;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.named_parameter_iterator;
import org.bytedeco.pytorch.named_parameter_list;

/** A module's parameters and their gradients, as views of one vector each. */
final class Parameters {

  private final Layout layout;
  private final Block values;
  private final Block gradients;

  /** Makes the module's parameters views. To be called without gradients. */
  Parameters(JitModule module, Retained retained) {
    Map<String, Tensor> tensors = tensors(module);
    layout = layout(tensors);
    values = new Block(retained, layout.parameters());
    gradients = new Block(retained, layout.parameters());
    for (Layout.Tensor place : layout.tensors()) {
      makeView(tensors.get(place.name()), place.offset());
    }
  }

  /** By name, in the module's order; one that has several names, by the first. */
  static Map<String, Tensor> tensors(JitModule module) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Set<Long> seen = new HashSet<>();
    named_parameter_list list = module.named_parameters();
    named_parameter_iterator end = list.end();
    for (named_parameter_iterator at = list.begin(); at.notEquals(end); at.increment()) {
      NamedTensor named = at.multiply();
      Tensor tensor = new Tensor(named.value());
      if (seen.add(tensor.unsafeGetTensorImpl().address())) {
        tensors.put(named.name().getString(), tensor);
      }
    }
    return tensors;
  }

  /**
   * Where they lie in the parameter vector.
   *
   * @throws IllegalArgumentException if one of them is not of floats
   */
  static Layout layout(Map<String, Tensor> tensors) {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          ScalarType type = tensor.scalar_type().intern();
          if (type != ScalarType.Float) {
            throw new IllegalArgumentException(
                "expected parameters of float32; found %s of %s (module.float() converts them)"
                    .formatted(name, type));
          }
          List<Integer> shape = new ArrayList<>();
          for (long extent : shape(tensor)) {
            shape.add(Math.toIntExact(extent));
          }
          shapes.put(name, shape);
        });
    if (shapes.isEmpty()) {
      throw new IllegalArgumentException("it has no parameters to train");
    }
    return Layout.of(shapes);
  }

  private void makeView(Tensor parameter, int offset) {
    long[] shape = shape(parameter);
    Tensor view = values.view(offset, shape);
    view.copy_(parameter);
    boolean isTrained = parameter.requires_grad();
    parameter.requires_grad_(false);
    parameter.set_data(view);
    parameter.requires_grad_(isTrained);
    parameter.mutable_grad().put(gradients.view(offset, shape));
  }

  private static long[] shape(Tensor tensor) {
    return tensor.sizes().vec().get();
  }

  Layout layout() {
    return layout;
  }

  void set(float[] parameters) {
    values.set(parameters, layout.parameters());
  }

  void get(float[] into) {
    values.get(into);
  }

  void clearGradients() {
    gradients.clear();
  }

  void getGradients(float[] into) {
    gradients.get(into);
  }
}
