package io.cordee.gallery.analytic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.OptimizerSpec;
import io.cordee.gallery.analytic.Trace.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceTest {

  private static OptimizerSpec optimizer(String name, Map<String, Object> settings) {
    return OptimizerCatalog.find(name).orElseThrow().with(settings);
  }

  @Test
  void pointZeroIsTheStart() {
    List<Point> points = Trace.run(new Bowl(4), new float[] {1, -2}, optimizer("gd", Map.of()), 0);
    assertEquals(1, points.size());
    assertEquals(0, points.get(0).round());
    assertArrayEquals(new float[] {1, -2}, points.get(0).x());
    assertEquals(8.5, points.get(0).f());
  }

  @Test
  void theStartIsLeftAsItIs() {
    float[] start = {1, -2};
    Trace.run(new Bowl(4), start, optimizer("momentum", Map.of()), 5);
    assertArrayEquals(new float[] {1, -2}, start);
  }

  /** (w, Δ) by hand, curvature 1: g is taken at w + Δ/2. */
  @Test
  void nesterovTakesTheGradientAheadButReportsTheWeights() {
    OptimizerSpec optimizer = optimizer("nesterov", Map.of("learning_rate", 0.25, "beta", 0.5));
    List<Point> points = Trace.run(new Bowl(1), new float[] {1}, optimizer, 2);
    assertEquals(0.75f, points.get(1).x()[0]); // Δ = −1/4
    // ŵ = 5/8, Δ = −1/8 − 5/32 = −9/32
    assertEquals(0.75f - 9 / 32f, points.get(2).x()[0]);
  }

  /** As above: Δ = −1/4 at w = 3/4, and the next gradient is taken at 3/4 − 1/8. */
  @Test
  void aPointHasTheLookaheadPointAndTheSlots() {
    OptimizerSpec optimizer = optimizer("nesterov", Map.of("learning_rate", 0.25, "beta", 0.5));
    Point point = Trace.run(new Bowl(1), new float[] {1}, optimizer, 1).get(1);
    assertEquals(0.75f, point.x()[0]);
    assertArrayEquals(new float[] {-0.25f}, point.slots().get("step"));
    assertArrayEquals(new float[] {0.625f}, point.lookaheadPoint());
  }

  @Test
  void everyPointKeepsItsOwnSlots() {
    OptimizerSpec optimizer = optimizer("rprop", Map.of("initial_step", 0.25));
    List<Point> points = Trace.run(new Bowl(4), new float[] {1, -2}, optimizer, 3);
    // η waits for a second sign, then grows by 1.2 a round.
    assertEquals(0.25f, points.get(1).slots().get("step_size")[0]);
    assertEquals(0.25f * 1.2f, points.get(2).slots().get("step_size")[0]);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void newtonInFullFindsTheBottomOfABowlOfAnyDimension(int dimension) {
    float[] start = new float[dimension];
    Arrays.fill(start, 1);
    OptimizerSpec optimizer = optimizer("newton", Map.of("curvature", "full", "damping", 1e-6));
    Point last = Trace.run(new Bowl(100), start, optimizer, 3).get(3);
    assertEquals(0, last.f(), 1e-12);
  }

  @Test
  void aStartOfTheWrongDimensionIsRefused() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> Trace.run(new Well(), new float[] {1}, optimizer("gd", Map.of()), 1));
    assertEquals(
        "well takes a start of exactly 2 coordinates; found 1: [1.0]", refused.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> Trace.run(new Rosenbrock(), new float[] {1}, optimizer("gd", Map.of()), 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> Trace.run(new Bowl(2), new float[] {Float.NaN}, optimizer("gd", Map.of()), 1));
  }

  @Test
  void aWalkThatLeavesTheNumbersStopsWithTheRoundAndThePointsBefore() {
    List<Point> points = new ArrayList<>();
    OptimizerSpec tooFast = optimizer("gd", Map.of("learning_rate", 1.0));
    ArithmeticException stopped =
        assertThrows(
            ArithmeticException.class,
            () -> Trace.run(new Rosenbrock(), new float[] {2, 2}, tooFast, 50, points::add));
    assertTrue(stopped.getMessage().startsWith("round " + points.size() + ": "));
    assertTrue(points.size() > 2, points::toString);
  }
}
