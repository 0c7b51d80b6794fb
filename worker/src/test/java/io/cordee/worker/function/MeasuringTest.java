package io.cordee.worker.function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cordee.common.measure.Measures;
import io.cordee.common.measure.Metric;
import io.cordee.worker.model.Cases;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MeasuringTest {

  private static final double CLOSE = 1e-12;

  private static Measures measures(boolean labelled, int width, float[] targets, float[] outputs) {
    int count = targets.length / width;
    Measuring measuring =
        Measuring.of(
            new Cases.ArrayRows(count, 1, width, new float[count], targets, labelled), width);
    int most = 3; // more rows than a micro-batch
    for (int from = 0; from < count; from += most) {
      int rows = Math.min(most, count - from);
      measuring.add(
          Arrays.copyOfRange(outputs, from * width, (from + rows) * width),
          Arrays.copyOfRange(targets, from * width, (from + rows) * width),
          rows);
    }
    Measures measures = measuring.result();
    measures.check(count, labelled, width);
    return measures;
  }

  /** One-hot rows of these classes. */
  private static float[] rows(int width, int... classes) {
    float[] rows = new float[classes.length * width];
    for (int i = 0; i < classes.length; i++) {
      rows[i * width + classes[i]] = 1;
    }
    return rows;
  }

  /** Class 0: 2 of 3 found, 2 of 3 right. Class 1: 1 of 2, 1 of 2. Class 2 does not occur. */
  @Test
  void precisionRecallAndF1AreMeansOverTheClassesThatOccur() {
    Measures measures = measures(true, 3, rows(3, 0, 0, 0, 1, 1), rows(3, 0, 0, 1, 1, 0));
    assertEquals((2 / 3.0 + 1 / 2.0) / 2, measures.of(Metric.PRECISION), CLOSE);
    assertEquals((2 / 3.0 + 1 / 2.0) / 2, measures.of(Metric.RECALL), CLOSE);
    assertEquals((4 / 6.0 + 2 / 4.0) / 2, measures.of(Metric.F1), CLOSE);
    assertEquals(Double.NaN, measures.of(Metric.AUC));
    assertEquals(Double.NaN, measures.of(Metric.R2));
  }

  @Test
  void aClassThatIsNeverPredictedHasNoPrecision() {
    Measures measures = measures(true, 2, rows(2, 0, 1), rows(2, 0, 0));
    assertEquals(0.25, measures.of(Metric.PRECISION), CLOSE);
    assertEquals(0.5, measures.of(Metric.RECALL), CLOSE);
    assertEquals(1 / 3.0, measures.of(Metric.F1), CLOSE);
  }

  private static double auc(float[] targets, float[] outputs) {
    return measures(true, 1, targets, outputs).of(Metric.AUC);
  }

  /** Of the six pairs, 0.8 wins 3, 0.4 wins 1 and ties with one. */
  @Test
  void theAreaUnderTheCurveCountsPairs() {
    float[] outputs = {0.8f, 0.4f, 0.4f, 0.7f, 0.1f};
    assertEquals(4.5 / 6, auc(new float[] {1, 0, 1, 0, 0}, outputs), CLOSE);
    assertEquals(Double.NaN, auc(new float[] {1, 1}, new float[] {0, 1}));
    assertEquals(Double.NaN, auc(new float[] {1, 0}, new float[] {0, Float.NaN}));
    assertEquals(0.5, auc(new float[] {1, 0}, new float[] {-0f, 0}));
    assertEquals(1, auc(new float[] {1, 0, 0}, new float[] {1, -1, Float.NEGATIVE_INFINITY}));
  }

  @Test
  void theAreaIsThatOfAllPairsOnManyRows() {
    Random random = new Random(1);
    int count = 300;
    float[] targets = new float[count];
    float[] outputs = new float[count];
    for (int i = 0; i < count; i++) {
      targets[i] = random.nextInt(3) == 0 ? 1 : 0;
      outputs[i] = random.nextInt(50) / 50f - 0.5f;
    }
    double won = 0;
    double pairs = 0;
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        if (targets[i] == 1 && targets[j] == 0) {
          pairs++;
          won += outputs[i] > outputs[j] ? 1 : outputs[i] == outputs[j] ? 0.5 : 0;
        }
      }
    }
    assertEquals(won / pairs, auc(targets, outputs), CLOSE);
  }

  @Test
  void oneOfTheFiveBestGuessesIsRight() {
    float[] outputs = new float[3 * 10];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = 10 - i % 10;
    }
    float[] labels = rows(10, 0, 4, 5);
    assertEquals(2 / 3.0, measures(true, 10, labels, outputs).of(Metric.TOP_5), CLOSE);
    float[] equal = new float[3 * 10];
    assertEquals(2 / 3.0, measures(true, 10, labels, equal).of(Metric.TOP_5), CLOSE);
    Arrays.fill(equal, Float.NaN);
    assertEquals(0, measures(true, 10, labels, equal).of(Metric.TOP_5));
  }

  /** Errors 1, −1, 2 around targets 1, 2, 6, whose mean is 3. */
  @Test
  void valuesAreOffByTheirErrors() {
    Measures measures = measures(false, 1, new float[] {1, 2, 6}, new float[] {2, 1, 8});
    assertEquals(4 / 3.0, measures.of(Metric.MAE), CLOSE);
    assertEquals(Math.sqrt(2), measures.of(Metric.RMSE), CLOSE);
    assertEquals(1 - 6 / 14.0, measures.of(Metric.R2), CLOSE);
    assertEquals(Double.NaN, measures.of(Metric.F1));
  }

  @Test
  void r2IsRightForTargetsFarFromZeroAndThereIsNoneForEqualOnes() {
    int count = 1000;
    float[] targets = new float[count];
    float[] outputs = new float[count];
    for (int i = 0; i < count; i++) {
      targets[i] = 1_000_000 + (i % 2 == 0 ? 1 : -1);
      outputs[i] = 1_000_000 + (i % 2 == 0 ? 0.5f : -0.5f);
    }
    assertEquals(0.75, measures(false, 1, targets, outputs).of(Metric.R2), 1e-9);
    Arrays.fill(targets, 0.1f);
    assertEquals(Double.NaN, measures(false, 1, targets, outputs).of(Metric.R2));
  }

  @Test
  void sumsOfValuesAddUp() {
    float[] targets = {3, 1, 4, 1, 5, 9, 2, 6};
    float[] outputs = {2, 7, 1, 8, 2, 8, 1, 8};
    Measures whole = measures(false, 1, targets, outputs);
    for (int cut = 1; cut < targets.length; cut++) {
      Measures both =
          measures(false, 1, Arrays.copyOf(targets, cut), Arrays.copyOf(outputs, cut))
              .plus(
                  measures(
                      false,
                      1,
                      Arrays.copyOfRange(targets, cut, targets.length),
                      Arrays.copyOfRange(outputs, cut, targets.length)));
      for (Metric metric : Metric.of(false, 1)) {
        assertEquals(whole.of(metric), both.of(metric), CLOSE);
      }
    }
  }

  @Test
  void partsAddUp() {
    float[] labels = rows(2, 0, 1, 1, 0, 1);
    float[] outputs = {.9f, .1f, .4f, .6f, .6f, .4f, .5f, .5f, .1f, .9f};
    Measures whole = measures(true, 2, labels, outputs);
    for (int cut = 2; cut < labels.length; cut += 2) {
      Measures left = measures(true, 2, Arrays.copyOf(labels, cut), Arrays.copyOf(outputs, cut));
      Measures right =
          measures(
              true,
              2,
              Arrays.copyOfRange(labels, cut, labels.length),
              Arrays.copyOfRange(outputs, cut, outputs.length));
      Measures both = left.plus(right);
      for (Metric metric : Metric.of(true, 2)) {
        assertEquals(whole.of(metric), both.of(metric), CLOSE);
      }
    }
    Measures others = measures(true, 3, rows(3, 0), rows(3, 1));
    assertThrows(IllegalArgumentException.class, () -> whole.plus(others));
  }
}
