package io.cordee;

import io.cordee.function.CurvatureFunction;
import io.cordee.function.FunctionContext;
import io.cordee.function.FunctionProvider;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * The program's own gradient functions, one for each compute thread. Keeps what the first of them
 * throws: the server is told no more than its message.
 */
final class OwnFunctions implements FunctionProvider {

  private final IntFunction<? extends GradientFunction> make;
  private final AtomicInteger made = new AtomicInteger();
  private final AtomicReference<Throwable> thrown = new AtomicReference<>();

  OwnFunctions(IntFunction<? extends GradientFunction> make) {
    this.make = make;
  }

  @Override
  public String name() {
    return "of this program";
  }

  @Override
  public GradientFunction create(FunctionContext job) {
    GradientFunction own = keeping(() -> make.apply(made.getAndIncrement()));
    Objects.requireNonNull(own, "there is none");
    return own instanceof CurvatureFunction ? new KeptCurvature(own) : new Kept(own);
  }

  Optional<Throwable> thrown() {
    return Optional.ofNullable(thrown.get());
  }

  private <T> T keeping(Supplier<T> call) {
    try {
      return call.get();
    } catch (Throwable e) { // declared or not
      thrown.compareAndSet(null, e);
      throw e;
    }
  }

  private class Kept implements GradientFunction {

    private final GradientFunction own;

    Kept(GradientFunction own) {
      this.own = own;
    }

    @Override
    public Layout layout() {
      return keeping(own::layout);
    }

    @Override
    public Stats accumulate(float[] parameters, Rows rows, Sums sums) {
      return keeping(() -> own.accumulate(parameters, rows, sums));
    }

    @Override
    public Stats measure(float[] parameters, Rows rows, float[] outputs) {
      return keeping(() -> own.measure(parameters, rows, outputs));
    }

    @Override
    public void close() {
      own.close();
    }
  }

  private final class KeptCurvature extends Kept implements CurvatureFunction {
    KeptCurvature(GradientFunction own) {
      super(own);
    }
  }
}
