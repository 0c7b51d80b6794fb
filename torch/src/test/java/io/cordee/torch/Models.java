package io.cordee.torch;

import io.cordee.function.FunctionContext;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The models that src/test/models.py made, and jobs of them. */
final class Models {

  static final int INPUTS = 4;
  static final int CLASSES = 3;

  private Models() {}

  static Path file(String name) {
    try {
      return Path.of(Models.class.getResource("/models/" + name + ".pt").toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static Layout layout(String name) {
    return new TorchModels().read(file(name), OptionalInt.empty()).layout();
  }

  static float[] parameters(String name) {
    return new TorchModels().read(file(name), OptionalInt.empty()).parameters();
  }

  static FunctionContext job(String name, String loss, int inputs, int outputs) {
    return job(layout(name), name, loss, inputs, outputs, Map.of("micro_batch", "4"));
  }

  static FunctionContext job(
      Layout layout,
      String name,
      String loss,
      int inputs,
      int outputs,
      Map<String, String> settings) {
    return new FunctionContext(
        layout, settings, Optional.of(file(name)), inputs, outputs, Optional.ofNullable(loss));
  }

  static GradientFunction function(String name, String loss) {
    return new TorchScriptProvider().create(job(name, loss, INPUTS, CLASSES));
  }
}
