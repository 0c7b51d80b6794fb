package io.cordee.common.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.reduce.Chunks;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class OptimizerPropertyTest {

  private static final int ROUNDS = 6;
  private static final List<String> RPROP_FAMILY =
      List.of("rprop", "rprop+", "rprop-", "irprop+", "irprop-");
  private static final List<String> WITH_INERTIA =
      List.of("momentum", "nesterov", "quickprop", "adam", "signum", "lion");

  @Property(tries = 2000)
  void finiteSumsLeadToFiniteWeightsAndSlots(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int n) {
    Random random = new Random(seed);
    OptimizerSpec spec = AnyUpdate.draw(random);
    Optimizer optimizer = Optimizer.of(spec, n);
    ParameterState state = new ParameterState(AnyUpdate.extreme(random, n), optimizer.slots());
    Chunks chunks = new Chunks(n, n, optimizer.width());
    for (int round = 1; round <= ROUNDS; round++) {
      float[] sums = AnyUpdate.extreme(random, n * optimizer.width());
      optimizer.stepAll(AnyUpdate.round(round, 1, random), List.of(sums), chunks, state);
      state.advance();
      float[] point = new float[n];
      optimizer.lookaheadPoint(state.current(), state, 0, n, point, 0);
      assertFinite(spec, state.current());
      assertFinite(spec, point);
      for (float[] slot : state.slots()) {
        assertFinite(spec, slot);
      }
    }
  }

  @Property(tries = 300)
  void whatRestsStaysAsItIsWhileItHasNoGradient(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 70) int n) {
    Random random = new Random(seed);
    OptimizerSpec spec = AnyUpdate.draw(random);
    while (!Optimizer.of(spec, n).rests()) {
      spec = AnyUpdate.draw(random);
    }
    String name = spec.toString();
    Optimizer optimizer = Optimizer.of(spec, n);
    ParameterState state = new ParameterState(AnyUpdate.ordinary(random, n), optimizer.slots());
    int moving = random.nextInt(4);
    ParameterState other = new ParameterState(state.current(), optimizer.slots());
    List<Integer> rested = AnyUpdate.bits(state);
    for (int round = 1; round <= moving + 3; round++) {
      float[] sums = round <= moving ? AnyUpdate.ordinary(random, n) : new float[n];
      RoundScalars scalars = AnyUpdate.round(round, 9, random);
      optimizer.step(scalars, sums.clone(), state, 0, n);
      boolean isMoving = round <= moving;
      int otherRound = isMoving ? round : 1 + random.nextInt(9);
      optimizer.step(
          isMoving ? scalars : AnyUpdate.round(otherRound, 5, random), sums, other, 0, n);
      state.advance();
      other.advance();
      assertEquals(
          AnyUpdate.bits(state), AnyUpdate.bits(other), name + ": which round it is matters");
      rested = round == moving + 1 && moving > 0 ? AnyUpdate.bits(state) : rested;
      if (round > moving) {
        assertEquals(rested, AnyUpdate.bits(state), name);
      }
    }
  }

  @Property(tries = 500)
  void whatCanStepLateStaysAsItIsUntilItHasAGradient(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 70) int n) {
    Random random = new Random(seed);
    OptimizerSpec spec = AnyUpdate.draw(random);
    while (!Optimizer.of(spec, n).canStepLate()) {
      spec = AnyUpdate.draw(random);
    }
    Optimizer optimizer = Optimizer.of(spec, n);
    ParameterState state = new ParameterState(AnyUpdate.ordinary(random, n), optimizer.slots());
    List<Integer> start = AnyUpdate.bits(state);
    for (int round = 1; round < 5; round++) {
      optimizer.step(AnyUpdate.round(round, 9, random), new float[n], state, 0, n);
      state.advance();
      assertEquals(start, AnyUpdate.bits(state), spec.toString());
    }
    float[] point = new float[n];
    optimizer.lookaheadPoint(state.current(), state, 0, n, point, 0);
    assertArrayEquals(state.current(), point, spec.toString());
  }

  @Example
  void theRpropFamilyRestsAndOptimizersWithInertiaDoNot() {
    for (String name : OptimizerCatalog.names()) {
      boolean rests = Optimizer.of(AnyUpdate.spec(name, Map.of()), 3).rests();
      assertTrue(rests || !RPROP_FAMILY.contains(name), name);
      assertTrue(!rests || !WITH_INERTIA.contains(name), name);
    }
  }

  private static void assertFinite(OptimizerSpec spec, float[] values) {
    for (float value : values) {
      assertTrue(Float.isFinite(value), () -> value + " by " + spec);
    }
  }

  @Property(tries = 500)
  void anySplitIntoRangesGivesTheSameBits(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 70) int n,
      @ForAll @IntRange(min = 1, max = 5000) int rows) {
    Random random = new Random(seed);
    OptimizerSpec spec = AnyUpdate.draw(random);
    Optimizer optimizer = Optimizer.of(spec, n);
    Assume.that(!optimizer.waitsForWholeRound());
    float[] start = AnyUpdate.ordinary(random, n);
    ParameterState whole = new ParameterState(start, optimizer.slots());
    ParameterState split = new ParameterState(start, optimizer.slots());
    for (int round = 1; round <= ROUNDS; round++) {
      float[] sums = AnyUpdate.ordinary(random, n * optimizer.width());
      RoundScalars scalars = AnyUpdate.round(round, rows, random);
      for (int from = 0; from < n; ) {
        int to = random.nextInt(from, n) + 1;
        optimizer.step(scalars, AnyUpdate.range(sums, n, from, to), split, from, to);
        from = to;
      }
      optimizer.step(scalars, sums, whole, 0, n);
      assertEquals(AnyUpdate.bits(whole), AnyUpdate.bits(split), spec::toString);
      whole.advance();
      split.advance();
    }
  }

  @Property(tries = 500)
  void theWholeRoundAtOnceGivesTheBitsOfItsRangesInAnyOrder(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 70) int n,
      @ForAll @IntRange(min = 1, max = 30) int length) {
    Random random = new Random(seed);
    OptimizerSpec spec = AnyUpdate.draw(random);
    Optimizer optimizer = Optimizer.of(spec, n);
    Assume.that(!optimizer.waitsForWholeRound());
    Chunks chunks = new Chunks(n, length, optimizer.width());
    float[] start = AnyUpdate.ordinary(random, n);
    ParameterState whole = new ParameterState(start, optimizer.slots());
    ParameterState ranges = new ParameterState(start, optimizer.slots());
    for (int round = 1; round <= ROUNDS; round++) {
      float[] sums = AnyUpdate.ordinary(random, n * optimizer.width());
      RoundScalars scalars = AnyUpdate.round(round, 3, random);
      optimizer.stepAll(scalars, AnyUpdate.cut(sums, chunks), chunks, whole);
      for (int c = chunks.count() - 1; c >= 0; c--) {
        int from = chunks.from(c);
        int to = chunks.to(c);
        optimizer.step(scalars, AnyUpdate.range(sums, n, from, to), ranges, from, to);
      }
      assertEquals(AnyUpdate.bits(whole), AnyUpdate.bits(ranges), spec::toString);
      whole.advance();
      ranges.advance();
    }
  }

  @Property(tries = 500)
  void howTheVectorIsCutIntoChunksDoesNotShowInTheBits(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 40) int n,
      @ForAll @IntRange(min = 1, max = 40) int length) {
    Random random = new Random(seed);
    OptimizerSpec spec = AnyUpdate.draw(random);
    Optimizer optimizer = Optimizer.of(spec, n);
    Assume.that(!optimizer.clips()); // a norm is summed chunk by chunk
    Chunks one = new Chunks(n, n, optimizer.width());
    Chunks many = new Chunks(n, length, optimizer.width());
    float[] start = AnyUpdate.ordinary(random, n);
    ParameterState whole = new ParameterState(start, optimizer.slots());
    ParameterState cut = new ParameterState(start, optimizer.slots());
    for (int round = 1; round <= ROUNDS; round++) {
      float[] sums = AnyUpdate.ordinary(random, n * optimizer.width());
      RoundScalars scalars = AnyUpdate.round(round, 7, random);
      optimizer.stepAll(scalars, AnyUpdate.cut(sums, many), many, cut);
      optimizer.stepAll(scalars, List.of(sums), one, whole);
      assertEquals(AnyUpdate.bits(whole), AnyUpdate.bits(cut), spec::toString);
      whole.advance();
      cut.advance();
    }
  }

  /** As on several servers, each with some of the chunks. */
  @Property(tries = 500)
  void twoStagesChunkByChunkGiveTheBitsOfTheWholeRoundAtOnce(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 70) int n,
      @ForAll @IntRange(min = 1, max = 30) int length) {
    Random random = new Random(seed);
    OptimizerSpec spec = AnyUpdate.draw(random);
    Optimizer optimizer = Optimizer.of(spec, n);
    Assume.that(optimizer.curvature() != Curvature.FULL);
    Chunks chunks = new Chunks(n, length, optimizer.width());
    float[] start = AnyUpdate.ordinary(random, n);
    ParameterState whole = new ParameterState(start, optimizer.slots());
    ParameterState staged = new ParameterState(start, optimizer.slots());
    for (int round = 1; round <= ROUNDS; round++) {
      float[] contribution = AnyUpdate.ordinary(random, n * optimizer.width());
      RoundScalars scalars = AnyUpdate.round(round, 7, random);
      optimizer.stepAll(scalars, AnyUpdate.cut(contribution, chunks), chunks, whole);
      List<float[]> sums = AnyUpdate.cut(contribution, chunks);
      double[] squares = new double[chunks.count()];
      for (int c = chunks.count() - 1; c >= 0 && optimizer.clips(); c--) {
        squares[c] = optimizer.squares(scalars, sums.get(c), chunks.size(c));
      }
      double norm = Optimizer.norm(squares);
      for (int c = chunks.count() - 1; c >= 0; c--) {
        optimizer.step(scalars, sums.get(c), norm, staged, chunks.from(c), chunks.to(c));
      }
      assertEquals(AnyUpdate.bits(whole), AnyUpdate.bits(staged), spec::toString);
      whole.advance();
      staged.advance();
    }
  }

  @Property(tries = 300)
  void whatLiesBehindARangesSumsDoesNotShow(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int n) {
    Random random = new Random(seed);
    Optimizer optimizer = Optimizer.of(AnyUpdate.draw(random), n);
    Chunks chunks = new Chunks(n, n, optimizer.width());
    float[] start = AnyUpdate.ordinary(random, n);
    float[] sums = AnyUpdate.ordinary(random, n * optimizer.width());
    float[] longer = Arrays.copyOf(sums, sums.length + 9);
    Arrays.fill(longer, sums.length, longer.length, Float.NaN);
    RoundScalars scalars = AnyUpdate.round(1, 2, random);
    ParameterState expected = new ParameterState(start, optimizer.slots());
    ParameterState found = new ParameterState(start, optimizer.slots());
    optimizer.stepAll(scalars, List.of(sums), chunks, expected);
    optimizer.stepAll(scalars, List.of(longer), chunks, found);
    assertEquals(AnyUpdate.bits(expected), AnyUpdate.bits(found));
  }

  @Property(tries = 300)
  void aZeroGradientAtTheStartMovesNothing(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int n) {
    Random random = new Random(seed);
    OptimizerSpec drawn = AnyUpdate.draw(random);
    Map<String, Object> values = new HashMap<>(drawn.settings().values());
    values.put("weight_decay", 0.0);
    values.put("l1", 0.0);
    Optimizer optimizer = Optimizer.of(AnyUpdate.spec(drawn.name(), values), n);
    Chunks chunks = new Chunks(n, n, optimizer.width());
    float[] start = AnyUpdate.ordinary(random, n);
    ParameterState state = new ParameterState(start, optimizer.slots());
    for (int round = 1; round <= ROUNDS; round++) {
      float[] sums = AnyUpdate.ordinary(random, n * optimizer.width());
      Arrays.fill(sums, 0, n, 0);
      optimizer.stepAll(AnyUpdate.round(round, 1, random), List.of(sums), chunks, state);
      state.advance();
      assertSame(start, state.current(), drawn);
    }
  }

  /** Optimizers with a running mean, and Quickprop, may coast on; the others may not. */
  @Property(tries = 300)
  void aZeroGradientLaterMovesNothingInAnOptimizerWithoutInertia(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int n) {
    Random random = new Random(seed);
    OptimizerSpec drawn = AnyUpdate.draw(random);
    Assume.that(!WITH_INERTIA.contains(drawn.name()));
    Map<String, Object> values = new HashMap<>(drawn.settings().values());
    values.put("weight_decay", 0.0);
    values.put("l1", 0.0);
    Optimizer optimizer = Optimizer.of(AnyUpdate.spec(drawn.name(), values), n);
    Chunks chunks = new Chunks(n, n, optimizer.width());
    ParameterState state = new ParameterState(AnyUpdate.ordinary(random, n), optimizer.slots());
    for (int round = 1; round <= ROUNDS; round++) {
      float[] sums = AnyUpdate.ordinary(random, n * optimizer.width());
      optimizer.stepAll(AnyUpdate.round(round, 1, random), List.of(sums), chunks, state);
      state.advance();
    }
    float[] before = state.current().clone();
    float[][] slots = {{}};
    if (RPROP_FAMILY.contains(drawn.name())) {
      slots[0] = state.slots()[0].clone();
    }
    float[] sums = AnyUpdate.ordinary(random, n * optimizer.width());
    Arrays.fill(sums, 0, n, 0);
    optimizer.stepAll(AnyUpdate.round(ROUNDS + 1, 1, random), List.of(sums), chunks, state);
    assertSame(before, state.next(), drawn);
    if (RPROP_FAMILY.contains(drawn.name())) {
      assertSame(slots[0], state.slots()[0], drawn);
    }
  }

  private static void assertSame(float[] expected, float[] found, OptimizerSpec optimizer) {
    for (int i = 0; i < expected.length; i++) {
      assertTrue(expected[i] == found[i], () -> "moved by " + optimizer);
    }
  }

  @Property(tries = 500)
  void rpropsStepSizesStayWithinTheirBoundsAndItsSignsAreThree(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 4) int variant) {
    Random random = new Random(seed);
    double min = Math.exp(random.nextDouble(-10, 0));
    double max = min * Math.exp(random.nextDouble(0, 10));
    Map<String, Object> values =
        Map.of(
            "min_step",
            min,
            "max_step",
            max,
            "initial_step",
            random.nextBoolean() ? min : max,
            "increase",
            random.nextDouble(1.01, 5),
            "decrease",
            random.nextDouble(0.01, 0.99));
    int n = 8;
    Optimizer optimizer = Optimizer.of(AnyUpdate.spec(RPROP_FAMILY.get(variant), values), n);
    ParameterState state = new ParameterState(AnyUpdate.ordinary(random, n), optimizer.slots());
    for (int round = 1; round <= 30; round++) {
      float[] sums =
          random.nextBoolean() ? AnyUpdate.ordinary(random, n) : AnyUpdate.extreme(random, n);
      optimizer.step(AnyUpdate.round(round, 1, random), sums, state, 0, n);
      for (int i = 0; i < n; i++) {
        float size = state.slots()[0][i];
        assertTrue(size >= (float) min && size <= (float) max, () -> size + " by " + values);
        int sign = Float.floatToRawIntBits(state.slots()[1][i]);
        assertTrue(
            sign == 0 || sign == Float.floatToRawIntBits(1) || sign == Float.floatToRawIntBits(-1));
      }
      state.advance();
    }
  }

  /** So that the signs alone can be sent. */
  @Property(tries = 300)
  void rpropSeesOnlyTheSignsOfTheGradient(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 4) int variant) {
    Random random = new Random(seed);
    int n = 12;
    Optimizer optimizer = Optimizer.of(AnyUpdate.spec(RPROP_FAMILY.get(variant), Map.of()), n);
    float[] start = AnyUpdate.ordinary(random, n);
    ParameterState byGradient = new ParameterState(start, optimizer.slots());
    ParameterState bySign = new ParameterState(start, optimizer.slots());
    for (int round = 1; round <= 20; round++) {
      float[] gradient = AnyUpdate.extreme(random, n);
      float[] signs = new float[n];
      for (int i = 0; i < n; i++) {
        signs[i] = gradient[i] > 0 ? 1 : gradient[i] < 0 ? -1 : 0;
      }
      RoundScalars scalars = AnyUpdate.round(round, 1, random);
      optimizer.step(scalars, gradient, byGradient, 0, n);
      optimizer.step(scalars, signs, bySign, 0, n);
      assertEquals(AnyUpdate.bits(byGradient), AnyUpdate.bits(bySign));
      byGradient.advance();
      bySign.advance();
    }
  }

  @Property(tries = 300)
  void fullNewtonNeverWalksUphill(@ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int n) {
    Random random = new Random(seed);
    OptimizerSpec spec = AnyUpdate.spec("newton", Map.of("curvature", "full", "damping", 0.001));
    Optimizer optimizer = Optimizer.of(spec, n);
    ParameterState state = new ParameterState(new float[n], optimizer.slots());
    float[] sums = AnyUpdate.ordinary(random, n * (1 + n));
    float[] gradient = Arrays.copyOf(sums, n);
    optimizer.stepAll(AnyUpdate.round(1, 1, random), List.of(sums), new Chunks(n, n, 1 + n), state);
    double slope = 0;
    for (int i = 0; i < n; i++) {
      slope += (double) gradient[i] * state.next()[i];
    }
    double along = slope;
    assertTrue(along <= 0, () -> "rises by " + along);
  }
}
