package focal;

import io.cordee.function.FunctionContext;
import io.cordee.function.FunctionProvider;
import io.cordee.function.GradientFunction;

/**
 * What jobs call {@code focal}. Found by its name in {@code
 * META-INF/services/io.cordee.function.FunctionProvider}.
 */
public final class Focal implements FunctionProvider {

  @Override
  public String name() {
    return "focal";
  }

  @Override
  public GradientFunction create(FunctionContext job) {
    double gamma = Double.parseDouble(job.settings().getOrDefault("gamma", "2"));
    if (!(gamma >= 0)) {
      throw new IllegalArgumentException(
          "model.settings.gamma: expected a number of at least 0; found " + gamma);
    }
    return new FocalGradient(job.inputs(), job.outputs(), gamma);
  }
}
