package io.cordee.worker.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.model.Activation;
import io.cordee.common.model.Mlp;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Equal rows give equal bits, whatever else happens. */
class NetworkBitsTest {

  private static final int MICRO_BATCH = 64;

  private final Mlp model =
      Cases.model(List.of(64, 32, 10), Activation.TANH, Cases.Head.SOFTMAX_CROSS_ENTROPY);
  private final float[] parameters = Cases.parameters(model, 1);
  private final Cases.ArrayRows rows = Cases.labelledRows(model, 357, 2);

  private record Result(Stats tally, float[] gradient, float[] extra) {

    private void assertSameBits(Result other) {
      assertEquals(tally, other.tally);
      assertArrayEquals(gradient, other.gradient);
      assertArrayEquals(extra, other.extra);
    }
  }

  private static Result run(Network network, float[] parameters, Rows rows) {
    Sums sums = network.newSums();
    Stats tally = network.accumulate(parameters, rows, sums);
    return new Result(tally, sums.gradient(), sums.extra());
  }

  private Network network(int width) {
    return Network.of(model, MICRO_BATCH, OptionalDouble.of(0.4), width);
  }

  /** Many times over, so that the interpreter's results are compared with the compilers'. */
  @Test
  void areTheSameEachTime() {
    Result first = run(network(2), parameters, rows);
    Network network = network(2);
    for (int i = 0; i < 200; i++) {
      first.assertSameBits(run(network, parameters, rows));
    }
  }

  @Test
  void areTheSameInSeveralThreadsAtOnce() throws Exception {
    Result alone = run(network(2), parameters, rows);
    Callable<Result> task =
        () -> {
          Network own = network(2);
          for (int i = 0; i < 20; i++) {
            alone.assertSameBits(run(own, parameters, rows));
          }
          return run(own, parameters, rows);
        };
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Result>> tasks = IntStream.range(0, 8).mapToObj(i -> task).toList();
      for (var result : threads.invokeAll(tasks)) {
        alone.assertSameBits(result.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  /** Fewer rows than before leave old numbers in the memory of the micro-batch. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void doNotDependOnWhatTheNetworkDidBefore(int width) {
    Cases.ArrayRows few = Cases.labelledRows(model, 5, 3);
    Network used = network(width);
    run(used, Cases.parameters(model, 9), rows);
    run(network(width), parameters, few).assertSameBits(run(used, parameters, few));
  }

  @Test
  void ofAHessianDoNotDependOnWhatTheNetworkDidBefore() {
    Mlp small = Cases.model(List.of(5, 4, 3), Activation.SIGMOID, Cases.Head.values()[0]);
    float[] point = Cases.parameters(small, 1);
    int width = point.length + 1;
    Cases.ArrayRows few = Cases.labelledRows(small, 3, 4);
    Network used = Network.of(small, 8, OptionalDouble.empty(), width);
    run(used, Cases.parameters(small, 2), Cases.labelledRows(small, 30, 5));
    Network fresh = Network.of(small, 8, OptionalDouble.empty(), width);
    run(fresh, point, few).assertSameBits(run(used, point, few));
  }

  @Test
  void doNotDependOnTheMicroBatch() {
    for (int width : new int[] {1, 2}) {
      Result expected = run(network(width), parameters, rows);
      for (int microBatch : new int[] {1, 7, 15, 16, 64, 400}) {
        Network other = Network.of(model, microBatch, OptionalDouble.of(0.4), width);
        expected.assertSameBits(run(other, parameters, rows));
      }
    }
  }

  @Test
  void ofAHessianDoNotDependOnTheMicroBatch() {
    Mlp small = Cases.model(List.of(5, 4, 3), Activation.SIGMOID, Cases.Head.values()[0]);
    float[] point = Cases.parameters(small, 1);
    Cases.ArrayRows data = Cases.labelledRows(small, 30, 5);
    Network whole = Network.of(small, 30, OptionalDouble.empty(), point.length + 1);
    Network parts = Network.of(small, 8, OptionalDouble.empty(), point.length + 1);
    run(whole, point, data).assertSameBits(run(parts, point, data));
  }
}
