package io.cordee.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.cordee.function.GradientFunction;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bits of a partition depend on nothing but its rows, its noise and the parameters. */
class ExactnessTest {

  private static final int PARTITIONS = 6;

  private record Outcome(float[] gradient, Stats stats) {

    void requireEqual(Outcome other) {
      assertArrayEquals(gradient, other.gradient);
      assertEquals(stats, other.stats);
    }
  }

  private static MadeUpRows partition(String name, int index) {
    return MadeUpRows.labelled(index, 5 + index, inputs(name), Models.CLASSES)
        .withNoise(100 + index);
  }

  private static int inputs(String name) {
    return name.equals("cnn") ? 16 : Models.INPUTS;
  }

  private static GradientFunction function(String name) {
    return new TorchScriptProvider()
        .create(Models.job(name, "cross-entropy", inputs(name), Models.CLASSES));
  }

  private static Outcome compute(GradientFunction function, float[] at, MadeUpRows rows) {
    Sums sums = new Sums(at.length, 1);
    Stats stats = function.accumulate(at, rows, sums);
    return new Outcome(sums.gradient(), stats);
  }

  /** Each partition by a function of its own. */
  private static List<Outcome> expected(String name, float[] at) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < PARTITIONS; i++) {
      try (GradientFunction function = function(name)) {
        outcomes.add(compute(function, at, partition(name, i)));
      }
    }
    return outcomes;
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn", "dropout"})
  void partitionsComeInAnyOrder(String name) {
    float[] at = Models.parameters(name);
    List<Outcome> expected = expected(name, at);
    try (GradientFunction function = function(name)) {
      for (int i : new int[] {5, 0, 3, 3, 1, 4, 2, 0}) {
        compute(function, at, partition(name, i)).requireEqual(expected.get(i));
        MadeUpRows others = MadeUpRows.labelled(77, 3, inputs(name), Models.CLASSES);
        function.measure(new float[at.length], others, new float[3 * Models.CLASSES]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn", "dropout"})
  void threadsDoNotDisturbEachOther(String name) throws Exception {
    float[] at = Models.parameters(name);
    List<Outcome> expected = expected(name, at);
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Callable<Void>> work = new ArrayList<>();
      for (int thread = 0; thread < 3; thread++) {
        int first = thread;
        work.add(
            () -> {
              try (GradientFunction function = function(name)) {
                for (int n = 0; n < 100; n++) {
                  int i = (first + n) % PARTITIONS;
                  compute(function, at, partition(name, i)).requireEqual(expected.get(i));
                }
              }
              return null;
            });
      }
      for (Future<Void> done : threads.invokeAll(work)) {
        done.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void noiseDecidesWhatIsLeftOut() {
    float[] at = Models.parameters("dropout");
    MadeUpRows rows = partition("dropout", 1);
    try (GradientFunction function = function("dropout")) {
      Outcome one = compute(function, at, rows.withNoise(1));
      compute(function, at, rows.withNoise(1)).requireEqual(one);
      assertFalse(Arrays.equals(one.gradient, compute(function, at, rows.withNoise(2)).gradient));
    }
  }

  @Test
  void nothingIsLeftOutWithoutNoise() {
    float[] at = Models.parameters("dropout");
    MadeUpRows rows = MadeUpRows.labelled(1, 9, Models.INPUTS, Models.CLASSES);
    try (GradientFunction function = function("dropout");
        GradientFunction mlp = function("mlp")) {
      compute(function, at, rows).requireEqual(compute(mlp, at, rows));
    }
  }
}
