package io.cordee.torch;

import io.cordee.function.Layout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.NamedTensor;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.named_buffer_iterator;
import org.bytedeco.pytorch.named_buffer_list;

/** A module of a TorchScript file. Not thread-safe. */
final class TorchModule implements AutoCloseable {

  private static final String PREDICT = "predict";

  private final Retained retained = new Retained();
  private final JitModule module;
  private final Parameters parameters;
  private final int arguments;
  private final boolean predicts;

  /**
   * @throws IllegalArgumentException if there is no such file, or libtorch cannot read it; the
   *     message is one line for people
   */
  TorchModule(Path file) {
    module = Libtorch.call(false, () -> retained.retain(load(file)));
    try {
      parameters = Libtorch.call(false, () -> new Parameters(module, retained));
      arguments = Libtorch.call(false, () -> (int) module.get_method("forward").num_inputs() - 1);
      predicts = Libtorch.call(false, () -> module.find_method(PREDICT).has_value());
    } catch (IllegalArgumentException | TorchException e) {
      retained.close();
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /** To be called in a {@linkplain Libtorch#call call}. */
  static JitModule load(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(file + ": there is no such file");
    }
    try {
      return torch.load(
          file.toString(), new DeviceOptional(new Device(torch.DeviceType.CPU)), false);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "%s is not a TorchScript file that libtorch %s can read: %s (torch.jit.script(model).save(...) writes one)"
              .formatted(file, Libtorch.version(), TorchException.shorten(e.getMessage())),
          e);
    }
  }

  Layout layout() {
    return parameters.layout();
  }

  Parameters parameters() {
    return parameters;
  }

  /** How many arguments {@code forward} takes. */
  int arguments() {
    return arguments;
  }

  /** Whether it has a method {@code predict} beside {@code forward}. */
  boolean predicts() {
    return predicts;
  }

  void setTraining(boolean training) {
    module.train(training);
  }

  IValue forward(Tensor... arguments) {
    return module.forward(values(arguments));
  }

  IValue predict(Tensor features) {
    return module.get_method(PREDICT).apply(values(features));
  }

  private static IValueVector values(Tensor... tensors) {
    IValueVector values = new IValueVector();
    for (Tensor tensor : tensors) {
      values.push_back(new IValue(tensor));
    }
    return values;
  }

  Map<String, Tensor> copyBuffers() {
    Map<String, Tensor> copies = new LinkedHashMap<>();
    named_buffer_list list = module.named_buffers();
    named_buffer_iterator end = list.end();
    for (named_buffer_iterator at = list.begin(); at.notEquals(end); at.increment()) {
      NamedTensor named = at.multiply();
      copies.put(named.name().getString(), named.value().clone());
    }
    return copies;
  }

  @Override
  public void close() {
    retained.close();
  }
}
