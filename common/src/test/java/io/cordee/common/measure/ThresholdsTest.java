package io.cordee.common.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.geom.Line2D;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThresholdsTest {

  private static final float[] OUTPUTS = {0.9f, 0.8f, 0.8f, 0.6f, 0.3f, 0.1f};
  private static final boolean[] ARE_ONES = {true, true, false, false, true, false};

  private static Thresholds of(float[] outputs, boolean... areOnes) {
    return Thresholds.of(Ranking.of(outputs, areOnes)).orElseThrow();
  }

  private static void assertPoints(double[][] expected, List<double[]> points) {
    assertEquals(expected.length, points.size());
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], points.get(i), 1e-12);
    }
  }

  /** Worked out by hand: at 0.9, 0.8, 0.6, 0.3 and 0.1 rows taken are 1, 3, 4, 5 and 6. */
  @Test
  void curvesHaveAPointForEachOutput() {
    Thresholds thresholds = of(OUTPUTS, ARE_ONES);
    assertPoints(
        new double[][] {
          {0, 0}, {0, 1 / 3.0}, {1 / 3.0, 2 / 3.0}, {2 / 3.0, 2 / 3.0}, {2 / 3.0, 1}, {1, 1}
        },
        thresholds.roc());
    assertPoints(
        new double[][] {
          {0, 1}, {1 / 3.0, 1}, {2 / 3.0, 2 / 3.0}, {2 / 3.0, 0.5}, {1, 3 / 5.0}, {1, 0.5}
        },
        thresholds.precisionRecall());
    assertEquals((1 + 2 / 3.0 + 3 / 5.0) / 3, thresholds.averagePrecision(), 1e-12);
  }

  /** At 0.3, three of five that are taken are right, and none is missed: 2 · 3 / (5 + 3). */
  @Test
  void theBestThresholdHasFewDigitsAndTakesTheSameRows() {
    assertEquals(new Thresholds.Best(0.3, 0.75), of(OUTPUTS, ARE_ONES).best());
    float[] close = {0.2734f, 0.2689f, 0.2688f};
    assertEquals(new Thresholds.Best(0.27, 1), of(close, true, false, false).best());
    assertEquals(new Thresholds.Best(0.2689, 1), of(close, true, true, false).best());
    // Half of the two are right, and none is missed.
    float[] wrong = {0.4f, 0.6f};
    assertEquals(new Thresholds.Best(0, 2 / 3.0), of(wrong, true, false).best());
  }

  @Test
  void theyAreThoseOfTheirDefinitions() {
    Random random = new Random(5);
    int rows = 300;
    float[] outputs = new float[rows];
    boolean[] areOnes = new boolean[rows];
    for (int i = 0; i < rows; i++) {
      areOnes[i] = random.nextInt(10) == 0;
      outputs[i] = (float) (random.nextInt(100) + (areOnes[i] ? 40 : 0)) / 140; // some are equal
    }
    Thresholds thresholds = of(outputs, areOnes);
    double won = 0;
    long pairs = 0;
    double best = 0;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        if (areOnes[i] && !areOnes[j]) {
          pairs++;
          won += outputs[i] > outputs[j] ? 1 : outputs[i] == outputs[j] ? 0.5 : 0;
        }
      }
      best = Math.max(best, f1(outputs, areOnes, outputs[i]));
    }
    assertEquals(won / pairs, area(thresholds.roc()), 1e-12);
    assertEquals(best, thresholds.best().f1(), 1e-12);
    assertEquals(best, f1(outputs, areOnes, thresholds.best().threshold()), 1e-12);
  }

  private static double f1(float[] outputs, boolean[] areOnes, double threshold) {
    long taken = IntStream.range(0, outputs.length).filter(i -> outputs[i] >= threshold).count();
    long ones = IntStream.range(0, outputs.length).filter(i -> areOnes[i]).count();
    long both =
        IntStream.range(0, outputs.length)
            .filter(i -> areOnes[i] && outputs[i] >= threshold)
            .count();
    return 2.0 * both / (taken + ones);
  }

  private static double area(List<double[]> points) {
    double area = 0;
    for (int i = 1; i < points.size(); i++) {
      double[] from = points.get(i - 1);
      double[] to = points.get(i);
      area += (to[0] - from[0]) * (from[1] + to[1]) / 2;
    }
    return area;
  }

  @Test
  void longCurvesKeepTheirShapeWithFewPoints() {
    Random random = new Random(3);
    int rows = 20_000;
    float[] outputs = new float[rows];
    boolean[] areOnes = new boolean[rows];
    for (int i = 0; i < rows; i++) {
      areOnes[i] = i % 4 == 0;
      outputs[i] = (float) (random.nextGaussian() + (areOnes[i] ? 1 : 0));
    }
    List<double[]> whole = of(outputs, areOnes).roc();
    List<double[]> thinned = Thresholds.thinned(whole);
    assertTrue(whole.size() > 10_000, () -> whole.size() + " points");
    assertTrue(thinned.size() <= 200, () -> thinned.size() + " points");
    assertArrayEquals(whole.get(0), thinned.get(0));
    assertArrayEquals(whole.get(whole.size() - 1), thinned.get(thinned.size() - 1));
    assertEquals(area(whole), area(thinned), 1e-3);
    for (double[] point : whole) {
      double nearest = Double.POSITIVE_INFINITY;
      for (int i = 1; i < thinned.size(); i++) {
        double[] from = thinned.get(i - 1);
        double[] to = thinned.get(i);
        double apart = Line2D.ptSegDist(from[0], from[1], to[0], to[1], point[0], point[1]);
        nearest = Math.min(nearest, apart);
      }
      assertTrue(nearest < 1 / 320.0, nearest + " away"); // a pixel of a drawing of 320
    }
  }

  @Test
  void rowsOfOneClassOrOutputsThatAreNoNumbersHaveNoCurves() {
    float[] outputs = {0.2f, 0.4f};
    boolean[] ones = {true, true};
    assertTrue(Thresholds.of(Ranking.of(outputs, new boolean[2])).isEmpty());
    assertTrue(Thresholds.of(Ranking.of(outputs, ones)).isEmpty());
    float[] noNumber = {0.2f, Float.NaN};
    assertTrue(Thresholds.of(Ranking.of(noNumber, new boolean[] {true, false})).isEmpty());
  }
}
