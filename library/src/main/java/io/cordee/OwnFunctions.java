package io.cordee;

import io.cordee.function.FunctionContext;
import io.cordee.function.FunctionProvider;
import io.cordee.function.GradientFunction;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** The program's own gradient functions, one for each compute thread. */
final class OwnFunctions implements FunctionProvider {

  private final IntFunction<? extends GradientFunction> make;
  private final AtomicInteger made = new AtomicInteger();

  OwnFunctions(IntFunction<? extends GradientFunction> make) {
    this.make = make;
  }

  @Override
  public String name() {
    return "of this program";
  }

  @Override
  public GradientFunction create(FunctionContext job) {
    return Objects.requireNonNull(make.apply(made.getAndIncrement()), "there is none");
  }
}
