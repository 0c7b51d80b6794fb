package io.cordee.worker.compute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cordee.common.job.LocalSteps;
import io.cordee.common.job.Tally;
import io.cordee.common.job.file.JobFile;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.function.Stats;
import io.cordee.function.Sums;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalDescentTest {

  private static final int SIZE = 3;
  private static final int BATCH = 2;
  private static final int PARTITION = 5;
  private static final int ROWS = 40;
  private static final double CLOSE = 1e-4;
  private static final Layout LAYOUT = Layout.of(Map.of("w", List.of(SIZE)));
  private static final float[] START = {0.5f, -1, 2};

  private final Pull function = new Pull();

  /** A row pulls the parameters to its features: a loss of half the squared distance. */
  private static final class Pull implements GradientFunction {

    final List<float[]> points = new ArrayList<>();

    @Override
    public Layout layout() {
      return LAYOUT;
    }

    @Override
    public Stats accumulate(float[] parameters, Rows rows, Sums sums) {
      points.add(parameters.clone());
      float[] x = new float[rows.count() * SIZE];
      rows.copyFeatures(0, rows.count(), x);
      double loss = 0;
      for (int i = 0; i < x.length; i++) {
        float error = parameters[i % SIZE] - x[i];
        loss += error * error / 2;
        sums.gradient()[i % SIZE] += error;
      }
      return new Stats(rows.count(), loss, rows.count() / 2);
    }

    @Override
    public Stats measure(float[] parameters, Rows rows, float[] outputs) {
      throw new UnsupportedOperationException();
    }
  }

  /** A mini-batch, a function of version and step. */
  private record Mini(int version, int step, float addend) implements Rows {

    static RoundRows ofRound(int version) {
      return new RoundRows(ROWS, step -> new Mini(version, step, 0));
    }

    static float[] mean(int version, int step) {
      float[] x = new float[BATCH * SIZE];
      new Mini(version, step, 0).copyFeatures(0, BATCH, x);
      return new float[] {(x[0] + x[3]) / 2, (x[1] + x[4]) / 2, (x[2] + x[5]) / 2};
    }

    @Override
    public int count() {
      return BATCH;
    }

    @Override
    public long index(int row) {
      return row;
    }

    @Override
    public int features() {
      return SIZE;
    }

    @Override
    public void copyFeatures(int from, int count, float[] into) {
      Random random = new Random(100L * version + step);
      for (int i = 0; i < count * SIZE; i++) {
        into[i] = (float) random.nextGaussian() + addend;
      }
    }

    @Override
    public void copyTargets(int from, int count, float[] into) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean labelled() {
      return true;
    }
  }

  private static LocalDescent descent(int steps, String optimizer) {
    LocalSteps local =
        JobFile.defaultJob(
                List.of(
                    "local={steps: %d, batch: %d, optimizer: %s}"
                        .formatted(steps, BATCH, optimizer)))
            .local()
            .orElseThrow();
    return new LocalDescent(local, LAYOUT, 1);
  }

  private float[] run(LocalDescent descent, int version) {
    Sums sums = new Sums(SIZE, 1);
    run(descent, version, Mini.ofRound(version), sums);
    return sums.gradient();
  }

  private Tally run(LocalDescent descent, int version, RoundRows rows, Sums into) {
    return descent.run(function, version, PARTITION, START, rows, () -> false, into);
  }

  private static void assertArrived(double[] weights, float[] contributed) {
    for (int i = 0; i < SIZE; i++) {
      assertEquals(ROWS * (START[i] - weights[i]), contributed[i], CLOSE);
    }
  }

  @Test
  void whatIsContributedIsTheWayForEachRow() {
    double[] w = {START[0], START[1], START[2]};
    for (int step = 0; step < 4; step++) {
      for (int i = 0; i < SIZE; i++) {
        w[i] -= 0.1 * (w[i] - Mini.mean(3, step)[i]);
      }
    }
    float[] found = run(descent(4, "{name: gd, learning_rate: 0.1}"), 3);
    assertArrived(w, found);
  }

  @Test
  void adamBeginsAnewWithEveryRound() {
    double[] w = {START[0], START[1], START[2]};
    double[] m = new double[SIZE];
    double[] v = new double[SIZE];
    for (int step = 1; step <= 4; step++) {
      for (int i = 0; i < SIZE; i++) {
        double g = w[i] - Mini.mean(7, step - 1)[i];
        m[i] = 0.9 * m[i] + 0.1 * g;
        v[i] = 0.999 * v[i] + 0.001 * g * g;
        double meanSquare = v[i] / (1 - Math.pow(0.999, step));
        w[i] -= 0.01 * m[i] / (1 - Math.pow(0.9, step)) / (Math.sqrt(meanSquare) + 1e-8);
      }
    }
    LocalDescent descent = descent(4, "{name: adam, learning_rate: 0.01}");
    run(descent, 2);
    float[] found = run(descent, 7);
    assertArrived(w, found);
  }

  @Test
  void nesterovLooksAheadInEveryStepButArrivesAtItsWeights() {
    double[] w = {START[0], START[1], START[2]};
    double[] moved = new double[SIZE];
    for (int step = 0; step < 3; step++) {
      for (int i = 0; i < SIZE; i++) {
        double ahead = w[i] + 0.9 * moved[i];
        moved[i] = 0.9 * moved[i] - 0.1 * (ahead - Mini.mean(0, step)[i]);
        w[i] += moved[i];
      }
    }
    float[] found = run(descent(3, "{name: nesterov, learning_rate: 0.1, beta: 0.9}"), 0);
    assertArrived(w, found);
  }

  @Test
  void clippingIsByTheMeanGradientOfTheMiniBatch() {
    double[] w = {START[0], START[1], START[2]};
    for (int step = 0; step < 3; step++) {
      double[] g = new double[SIZE];
      double squares = 0;
      for (int i = 0; i < SIZE; i++) {
        g[i] = w[i] - Mini.mean(0, step)[i];
        squares += g[i] * g[i];
      }
      for (int i = 0; i < SIZE; i++) {
        w[i] -= 0.1 * g[i] * Math.min(1, 0.5 / Math.sqrt(squares));
      }
    }
    float[] found = run(descent(3, "{name: gd, learning_rate: 0.1, clip_norm: 0.5}"), 0);
    assertArrived(w, found);
  }

  @Test
  void schedulesGoByTheStepsOfTheWholeTraining() {
    // Of steps 4 to 6, the last one comes after the fifth.
    double[] w = {START[0], START[1], START[2]};
    double[] rates = {0.1, 0.1, 0.05};
    for (int step = 0; step < 3; step++) {
      for (int i = 0; i < SIZE; i++) {
        w[i] -= rates[step] * (w[i] - Mini.mean(1, step)[i]);
      }
    }
    String optimizer =
        "{name: gd, learning_rate: 0.1, schedule: step, schedule_rounds: 5, schedule_factor: 0.5}";
    float[] found = run(descent(3, optimizer), 1);
    assertArrived(w, found);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "momentum",
        "nesterov",
        "rprop",
        "rprop+",
        "rprop-",
        "irprop+",
        "irprop-",
        "quickprop",
        "rmsprop",
        "adam",
        "signsgd",
        "signum",
        "lion"
      })
  void aPartitionIsAFunctionOfWeightsJobAndRoundAlone(String optimizer) {
    LocalDescent descent = descent(5, optimizer);
    float[] first = run(descent, 2);
    run(descent, 9);
    assertArrayEquals(first, run(descent, 2));
    assertArrayEquals(first, run(descent(5, optimizer), 2));
  }

  @Test
  void theTallyIsTheMeanOverTheStepsForEachRow() {
    Tally tally = run(descent(4, "{name: gd}"), 0, Mini.ofRound(0), new Sums(SIZE, 1));
    double loss = 0;
    for (int step = 0; step < 4; step++) {
      float[] x = new float[BATCH * SIZE];
      new Mini(0, step, 0).copyFeatures(0, BATCH, x);
      for (int i = 0; i < x.length; i++) {
        loss += Math.pow(function.points.get(step)[i % SIZE] - x[i], 2) / 2;
      }
    }
    assertEquals(ROWS, tally.rows());
    assertEquals(loss / (4 * BATCH), tally.meanLoss(), CLOSE);
    assertEquals(ROWS / 2, tally.correct());
  }

  @Test
  void whatIsNotFiniteNamesPartitionAndStep() {
    RoundRows rows = new RoundRows(ROWS, step -> new Mini(0, step, step == 1 ? Float.NaN : 0));
    LocalDescent descent = descent(3, "gd");
    DivergenceException e =
        assertThrows(DivergenceException.class, () -> run(descent, 6, rows, new Sums(SIZE, 1)));
    assertEquals(
        "round 7: the gradient of w is not finite on partition 5, local step 2; a smaller learning"
            + " rate or step may help",
        e.getMessage());
  }

  @Test
  void aPartitionThatNobodyWantsAnyMoreEndsBeforeItsNextStep() {
    LocalDescent descent = descent(9, "gd");
    descent.run(
        function,
        0,
        PARTITION,
        START,
        Mini.ofRound(0),
        () -> function.points.size() == 4,
        new Sums(SIZE, 1));
    assertEquals(4, function.points.size());
  }
}
