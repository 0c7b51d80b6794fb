package io.cordee.common.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.reduce.Chunks;
import io.cordee.function.Layout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptimizerTest {

  private static final RoundScalars FIRST = new RoundScalars(1, 1, 0, Double.NaN);

  private static Optimizer optimizer(String name, Map<String, Object> settings, int parameters) {
    return Optimizer.of(AnyUpdate.spec(name, settings), parameters);
  }

  private static float[] stepAll(Optimizer optimizer, float[] start, float... sums) {
    ParameterState state = new ParameterState(start, optimizer.slots());
    Chunks chunks = new Chunks(start.length, start.length, optimizer.width());
    optimizer.stepAll(FIRST, List.of(sums), chunks, state);
    return state.next();
  }

  @Test
  void sumsAreDividedByTheRowsOfTheRound() {
    Optimizer gd = optimizer("gd", Map.of("learning_rate", 1.0), 1);
    ParameterState state = new ParameterState(new float[] {10}, gd.slots());
    gd.step(new RoundScalars(1, 4, 0, Double.NaN), new float[] {12}, state, 0, 1);
    assertEquals(7, state.next()[0]);
  }

  @Test
  void aRangeIsSteppedFromItsOwnSumsAlone() {
    Optimizer gd = optimizer("gd", Map.of("learning_rate", 1.0), 4);
    ParameterState state = new ParameterState(new float[] {1, 2, 3, 4}, gd.slots());
    gd.step(FIRST, new float[] {10, 20}, state, 1, 3);
    assertArrayEquals(new float[] {1, -8, -17, 4}, state.next());
    assertArrayEquals(new float[] {1, 2, 3, 4}, state.current());
  }

  @Test
  void curvatureStandsBehindARangesGradient() {
    Optimizer newton = optimizer("newton", Map.of("damping", 1.0), 4);
    ParameterState state = new ParameterState(new float[4], newton.slots());
    newton.step(FIRST, new float[] {8, 6, 3, -2}, state, 1, 3);
    assertArrayEquals(new float[] {0, -8 / 4f, -6 / 3f, 0}, state.next());
  }

  @Test
  void theHessiansRowsStandBehindAChunksGradient() {
    Optimizer newton = optimizer("newton", Map.of("curvature", "full", "damping", 1.0), 2);
    // (H + I) = [4 2; 2 5], −g = (8, 12): Δ = (1, 2)
    List<float[]> sums = List.of(new float[] {-8, 3, 2}, new float[] {-12, 2, 4});
    ParameterState state = new ParameterState(new float[2], newton.slots());
    newton.stepAll(FIRST, sums, new Chunks(2, 1, 3), state);
    assertArrayEquals(new float[] {1, 2}, state.next());
  }

  @Test
  void aLongGradientIsShortenedToTheLimit() {
    Optimizer gd = optimizer("gd", Map.of("learning_rate", 1.0, "clip_norm", 2.5), 2);
    assertArrayEquals(new float[] {-1.5f, -2}, stepAll(gd, new float[2], 3, 4));
  }

  @Test
  void aGradientWithinTheLimitStaysAsItIs() {
    Optimizer gd = optimizer("gd", Map.of("learning_rate", 1.0, "clip_norm", 5.0), 2);
    assertArrayEquals(new float[] {-3, -4}, stepAll(gd, new float[2], 3, 4));
  }

  @Test
  void aGradientBeyondTheRangeOfItsSquareIsShortenedToo() {
    Optimizer gd = optimizer("gd", Map.of("learning_rate", 1.0, "clip_norm", 5.0), 2);
    assertArrayEquals(new float[] {-3, -4}, stepAll(gd, new float[2], 1.5e38f, 2e38f), 1e-6f);
  }

  @Test
  void theGradientIsShortenedBeforeDecayIsAdded() {
    Optimizer gd =
        optimizer("gd", Map.of("learning_rate", 1.0, "clip_norm", 2.5, "weight_decay", 0.5), 2);
    assertArrayEquals(new float[] {8 - 1.5f - 4, -2}, stepAll(gd, new float[] {8, 0}, 3, 4));
  }

  @Test
  void coupledDecayOfNesterovActsWhereTheGradientIsTaken() {
    Optimizer nesterov =
        optimizer("nesterov", Map.of("learning_rate", 1.0, "beta", 0.5, "weight_decay", 0.25), 1);
    ParameterState state = new ParameterState(new float[] {4}, nesterov.slots());
    nesterov.step(FIRST, new float[] {1}, state, 0, 1); // Δ = −(1 + 4/4) = −2
    state.advance();
    assertEquals(2, state.current()[0]);
    // ŵ = 2 − 1 = 1; Δ = −1 − (1 + 1/4)
    nesterov.step(new RoundScalars(2, 1, 0, 0), new float[] {1}, state, 0, 1);
    assertEquals(2 - 2.25f, state.next()[0]);
  }

  @Test
  void l1AddsTheSignOfTheWeight() {
    Optimizer gd = optimizer("gd", Map.of("learning_rate", 1.0, "l1", 0.25), 3);
    assertArrayEquals(
        new float[] {8 - 1.25f, -2 - 0.75f, 0 - 1}, stepAll(gd, new float[] {8, -2, 0}, 1, 1, 1));
    Optimizer both =
        optimizer(
            "gd",
            Map.of("learning_rate", 1.0, "l1", 0.25, "weight_decay", 0.5, "decay", "decoupled"),
            1);
    assertArrayEquals(new float[] {8 - 1.25f - 4}, stepAll(both, new float[] {8}, 1));
  }

  @Test
  void decoupledDecayIsNotPartOfTheGradientThatL1IsAddedTo() {
    Optimizer signs =
        optimizer(
            "signsgd",
            Map.of("learning_rate", 0.5, "l1", 0.25, "weight_decay", 0.5, "decay", "decoupled"),
            2);
    // The sign of 1 + 0.25, then of −0.125 + 0.25; and ηλw.
    assertArrayEquals(
        new float[] {8 - 0.5f - 2, 4 - 0.5f - 1}, stepAll(signs, new float[] {8, 4}, 1, -0.125f));
  }

  /** Wherever a state begins, and whether or not signs are replayed. */
  @ParameterizedTest
  @ValueSource(strings = {"coupled", "decoupled"})
  void biasesMayBeLeftAlone(String decay) {
    // Two inputs, two outputs: weights 0 to 3, then two biases.
    Layout layout =
        new Layout(
            List.of(
                new Layout.Tensor("layer1.weight", List.of(2, 2), 0),
                new Layout.Tensor("layer1.bias", List.of(2), 4)),
            6);
    OptimizerSpec optimizer =
        OptimizerCatalog.find("gd")
            .orElseThrow()
            .with(
                Map.of(
                    "learning_rate",
                    1.0,
                    "weight_decay",
                    0.5,
                    "decay",
                    decay,
                    "decay_biases",
                    "false"));
    Optimizer whole = Optimizer.of(optimizer, layout, 0);
    ParameterState state = new ParameterState(new float[] {8, 8, 8, 8, 8, 8}, List.of());
    whole.step(new RoundScalars(1, 1, 0, 0), new float[] {1, 1, 1, 1, 1, 1}, state, 0, 6);
    assertArrayEquals(new float[] {3, 3, 3, 3, 7, 7}, state.next());
    ParameterState end = new ParameterState(new float[] {8, 8, 8}, List.of());
    whole.at(1).at(2).step(new RoundScalars(1, 1, 0, 0), new float[] {1, 1, 1}, end, 0, 3);
    assertArrayEquals(new float[] {3, 7, 7}, end.next());
  }

  /** Gradients are 0, so that gradient descent by 1 shows the noise itself. */
  private static float[] noise(Map<String, Object> settings, int round, int count) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("learning_rate", 1.0);
    Optimizer optimizer = optimizer("gd", all, count);
    ParameterState state = new ParameterState(new float[count], List.of());
    optimizer.step(new RoundScalars(round, 1, 0, 0), new float[count], state, 0, count);
    return state.next();
  }

  /** Mean 0 ± 3/√n, deviation σ / round^(0.55/2) ± 3σ/√2n, one in 22 beyond two deviations. */
  @ParameterizedTest
  @ValueSource(ints = {1, 100})
  void noiseIsNormalAndFades(int round) {
    int count = 100_000;
    double sum = 0;
    double squares = 0;
    int beyond = 0;
    double expected = 0.3 * Math.pow(round, -0.275);
    for (float value : noise(Map.of("gradient_noise", 0.3), round, count)) {
      sum += value;
      squares += value * value;
      beyond += Math.abs(value) > 2 * expected ? 1 : 0;
    }
    assertEquals(0, sum / count, 3 * expected / Math.sqrt(count));
    assertEquals(expected, Math.sqrt(squares / count), 3 * expected / Math.sqrt(2.0 * count));
    assertEquals(0.0455, (double) beyond / count, 0.003);
  }

  @Test
  void noiseDependsOnSeedRoundAndParameterAlone() {
    Map<String, Object> settings = Map.of("gradient_noise", 0.3);
    float[] whole = noise(settings, 2, 6);
    assertArrayEquals(whole, noise(settings, 2, 6));
    assertFalse(Arrays.equals(whole, noise(settings, 3, 6)));
    Optimizer optimizer = optimizer("gd", Map.of("gradient_noise", 0.3, "learning_rate", 1.0), 6);
    ParameterState end = new ParameterState(new float[3], List.of());
    optimizer.at(1).at(2).step(new RoundScalars(2, 1, 0, 0), new float[2], end, 1, 3);
    assertArrayEquals(Arrays.copyOfRange(whole, 4, 6), Arrays.copyOfRange(end.next(), 1, 3));
  }

  @Test
  void coupledDecayIsPartOfTheCurvatureToo() {
    Map<String, Object> settings = Map.of("damping", 2.0, "weight_decay", 2.0);
    // g = 7 + 2w = 9, h = 5 + 2 + 2 = 9
    assertArrayEquals(
        new float[] {0}, stepAll(optimizer("newton", settings, 1), new float[] {1}, 7, 5));
    Map<String, Object> full = new HashMap<>(settings);
    full.put("curvature", "full");
    assertArrayEquals(
        new float[] {0, 0},
        stepAll(optimizer("newton", full, 2), new float[] {1, 0}, 7, 0, 5, 0, 0, 5));
  }

  @Test
  void decoupledDecayIsScaledByTheLearningRateOfTheRound() {
    Map<String, Object> settings =
        Map.of(
            "learning_rate", 0.5, "warmup_rounds", 2.0, "weight_decay", 0.25, "decay", "decoupled");
    for (String name : List.of("gd", "momentum", "nesterov", "quickprop", "rmsprop", "adam")) {
      Optimizer optimizer = optimizer(name, settings, 1);
      // The learning rate of round 1 is 1/4.
      assertArrayEquals(new float[] {16 - 1}, stepAll(optimizer, new float[] {16}, 0), name);
    }
  }

  @Test
  void onlyFullNewtonAndClippingWaitForTheWholeRound() {
    for (String name : OptimizerCatalog.names()) {
      assertFalse(optimizer(name, Map.of(), 3).waitsForWholeRound(), name);
    }
    assertTrue(optimizer("adam", Map.of("clip_norm", 1.0), 3).waitsForWholeRound());
    assertTrue(optimizer("newton", Map.of("curvature", "full"), 3).waitsForWholeRound());
  }

  @Test
  void anOptimizerThatWaitsDoesNotStepARange() {
    Optimizer clipped = optimizer("gd", Map.of("clip_norm", 1.0), 3);
    ParameterState state = new ParameterState(new float[3], clipped.slots());
    assertThrows(IllegalStateException.class, () -> clipped.step(FIRST, new float[3], state, 0, 3));
  }

  @Test
  void theNormIsThatOfAllChunks() {
    Optimizer gd = optimizer("gd", Map.of("learning_rate", 1.0, "clip_norm", 2.5), 2);
    assertTrue(gd.clips());
    ParameterState state = new ParameterState(new float[2], gd.slots());
    List<float[]> sums = List.of(new float[] {3}, new float[] {4});
    gd.stepAll(FIRST, sums, new Chunks(2, 1, 1), state);
    assertArrayEquals(new float[] {-1.5f, -2}, state.next());
    assertArrayEquals(new float[] {2}, sums.get(1));
  }

  @Test
  void fullNewtonStepsNoChunkByItself() {
    Optimizer newton = optimizer("newton", Map.of("curvature", "full"), 1);
    ParameterState state = new ParameterState(new float[1], newton.slots());
    assertThrows(
        IllegalStateException.class, () -> newton.step(FIRST, new float[2], 1, state, 0, 1));
  }

  @Test
  void aContributionIsAsWideAsTheCurvatureThatTheOptimizerNeeds() {
    assertEquals(1, optimizer("rprop", Map.of(), 5).width());
    assertEquals(2, optimizer("newton", Map.of(), 5).width());
    assertEquals(6, optimizer("newton", Map.of("curvature", "full"), 5).width());
    assertEquals(Curvature.FULL, optimizer("newton", Map.of("curvature", "full"), 1).curvature());
  }

  @Test
  void onlyNesterovTakesGradientsElsewhereThanAtTheWeights() {
    for (String name : OptimizerCatalog.names()) {
      assertEquals(name.equals("nesterov"), optimizer(name, Map.of(), 2).hasLookahead(), name);
    }
  }

  @Test
  void theLookaheadPointOfARangeStandsWhereItIsAskedFor() {
    Optimizer nesterov = optimizer("nesterov", Map.of("beta", 0.5), 4);
    ParameterState state = new ParameterState(new float[] {1, 2, 3, 4}, nesterov.slots());
    System.arraycopy(new float[] {10, 20, 30, 40}, 0, state.slots()[0], 0, 4);
    float[] into = new float[4];
    nesterov.lookaheadPoint(state.next(), state, 1, 3, into, 2);
    assertArrayEquals(new float[] {0, 0, 12, 18}, into);
  }

  @Test
  void fullNewtonRefusesAModelThatIsTooLarge() {
    assertEquals(4097, optimizer("newton", Map.of("curvature", "full"), 4096).width());
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> optimizer("newton", Map.of("curvature", "full"), 4097));
    assertEquals(
        "optimizer newton with curvature full takes models of at most 4096 parameters; this one has"
            + " 4097",
        refused.getMessage());
  }

  @Test
  void fullNewtonRaisesItsDampingWhereCurvatureIsNegative() {
    Optimizer newton = optimizer("newton", Map.of("curvature", "full", "damping", 1.0), 1);
    // −3 + 1 is negative, −3 + 10 is not.
    assertArrayEquals(new float[] {-2}, stepAll(newton, new float[1], 14, -3));
  }

  @Test
  void fullNewtonRaisesItsDampingWhereTheHessianIsAllButSingularThroughNegativeCurvature() {
    Optimizer newton = optimizer("newton", Map.of("curvature", "full", "damping", 1.0), 1);
    // −3/4 + 1 = 1/4 would quadruple the gradient.
    assertArrayEquals(new float[] {-2}, stepAll(newton, new float[1], 18.5f, -0.75f));
    assertArrayEquals(new float[] {-2}, stepAll(newton, new float[1], 2, 0));
  }

  @Test
  void quickpropAddsNoLinearTermAfterASlopeOfZero() {
    Optimizer quickprop = optimizer("quickprop", Map.of("learning_rate", 0.5), 1);
    ParameterState state = new ParameterState(new float[1], quickprop.slots());
    state.slots()[1][0] = 1; // g' = 0, Δ' = 1: g / (g' − g) = −1
    quickprop.step(new RoundScalars(2, 1, 0, 0), new float[] {1}, state, 0, 1);
    assertEquals(-1, state.next()[0]);
  }

  @Test
  void quickpropStopsBetweenTwoSlopesOfZeroAndStartsAnewFromThere() {
    Optimizer quickprop = optimizer("quickprop", Map.of("learning_rate", 0.5), 1);
    ParameterState state = new ParameterState(new float[1], quickprop.slots());
    state.slots()[1][0] = 1;
    quickprop.step(new RoundScalars(2, 1, 0, 0), new float[] {0}, state, 0, 1);
    assertEquals(0, state.next()[0]);
    state.advance();
    quickprop.step(new RoundScalars(3, 1, 0, 0), new float[] {3}, state, 0, 1);
    assertEquals(-1.5f, state.next()[0]);
  }

  /** The secant leads uphill by the longest step there is, the linear term beyond all floats. */
  @Test
  void quickpropIsFiniteWhereItsTwoTermsOverflowInOppositeDirections() {
    float longest = Float.MAX_VALUE / 2 / 1.75f;
    Optimizer quickprop = optimizer("quickprop", Map.of("learning_rate", 10.0), 1);
    ParameterState state = new ParameterState(new float[1], quickprop.slots());
    state.slots()[0][0] = Float.MAX_VALUE;
    state.slots()[1][0] = longest;
    quickprop.step(new RoundScalars(2, 1, 0, 0), new float[] {3e38f}, state, 0, 1);
    assertEquals(-longest, state.next()[0]);
  }

  /** Kingma & Ba: a first step is as long as the learning rate, whatever the gradient. */
  @Test
  void adamsFirstStepIsTheLearningRateEvenWhereTheSquareJustOverflows() {
    Optimizer adam = optimizer("adam", Map.of("learning_rate", 1.0), 1);
    assertEquals(-1, stepAll(adam, new float[1], 1e-3f)[0], 1e-4f);
    assertEquals(-1, stepAll(adam, new float[1], 1.8e19f)[0], 1e-4f);
    assertEquals(-1, stepAll(adam, new float[1], 1.9e19f)[0], 0.05f);
  }

  @Test
  void adamsMeanOfTheLargestGradientsDoesNotOverflow() {
    Optimizer adam = optimizer("adam", Map.of("learning_rate", 1.0), 1);
    ParameterState state = new ParameterState(new float[1], adam.slots());
    for (int round = 1; round <= 200; round++) {
      float[] sums = {Float.MAX_VALUE};
      adam.step(new RoundScalars(round, 1, 0, 0), sums, state, 0, 1);
      // MAX over the root of MAX, 1.8e19
      assertTrue(state.current()[0] - state.next()[0] < 2e19f, "round " + round);
      state.advance();
    }
  }

  @Test
  void adamCorrectsForItsStartByWhatItHasSeenNotByTheRound() {
    Optimizer adam = optimizer("adam", Map.of("learning_rate", 1.0), 1);
    ParameterState state = new ParameterState(new float[1], adam.slots());
    adam.step(RoundScalars.ofPart(9, 1, 0, 4, 0), new float[] {5}, state, 0, 1);
    assertEquals(-0.5f, state.next()[0], 1e-4f);
  }

  @Test
  void stateStartsWithBothVersionsAtTheStartAndSwapsThem() {
    float[] start = {1, 2};
    ParameterState state = new ParameterState(start, List.of(new Slot("size", 0.5f)));
    start[0] = 9;
    assertArrayEquals(new float[] {1, 2}, state.current());
    assertArrayEquals(new float[] {1, 2}, state.next());
    assertArrayEquals(new float[][] {{0.5f, 0.5f}}, state.slots());
    state.next()[1] = 7;
    state.advance();
    assertArrayEquals(new float[] {1, 7}, state.current());
    assertArrayEquals(new float[] {1, 2}, state.next());
  }

  @Test
  void stateThatTakesItsStartOverHasItAsItsCurrentVersionAndACopyAsItsNext() {
    float[] start = {1, 2};
    ParameterState state = ParameterState.taking(start, List.of(new Slot("size", 0.5f)));
    assertSame(start, state.current());
    state.next()[1] = 7;
    assertArrayEquals(new float[] {1, 2}, start);
    assertArrayEquals(new float[] {1, 7}, state.next());
    assertArrayEquals(new float[][] {{0.5f, 0.5f}}, state.slots());
  }
}
