package io.cordee.common.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.wire.Signs;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BlockRuleTest {

  private static final int ROUNDS = 5;

  /** Without decay and clipping. */
  private static RuleSpec bare(Random random) {
    RuleSpec drawn = AnyRule.draw(random);
    Map<String, Object> values = new LinkedHashMap<>(drawn.settings().values());
    values.replace("weight_decay", 0.0);
    values.replace("l1", 0.0);
    values.replace("clip_norm", 0.0);
    return AnyRule.spec(drawn.name(), values);
  }

  @Property(tries = 3000)
  void ordinaryGradientsGiveTheBitsOfThePlainRules(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 70) int n) {
    compare(new Random(seed), n, false);
  }

  @Property(tries = 6000)
  void extremeGradientsGiveTheBitsOfThePlainRules(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int n) {
    compare(new Random(seed), n, true);
  }

  @Property(tries = 60)
  void rangesOfSeveralBlocksGiveTheBitsOfThePlainRules(
      @ForAll long seed,
      @ForAll @IntRange(min = BlockRule.Way.BLOCK - 1, max = 3 * BlockRule.Way.BLOCK) int n) {
    Random random = new Random(seed);
    compare(random, n, random.nextBoolean());
  }

  private static void compare(Random random, int n, boolean extreme) {
    RuleSpec spec = bare(random);
    UpdateRule rule = RuleCatalog.make(spec);
    Assume.that(rule instanceof BlockRule);
    Optimizer optimizer = Optimizer.of(spec, n);
    float[] start = extreme ? AnyRule.extreme(random, n) : AnyRule.ordinary(random, n);
    ParameterState fast = new ParameterState(start, optimizer.slots());
    ParameterState plain = new ParameterState(start, optimizer.slots());
    int from = random.nextInt(n);
    for (int round = 1; round <= ROUNDS; round++) {
      float[] g = extreme ? AnyRule.extreme(random, n) : AnyRule.ordinary(random, n);
      boolean isWhole = random.nextBoolean();
      RoundScalars scalars =
          isWhole ? AnyRule.round(round, 1, random) : AnyRule.part(round, random);
      optimizer.step(scalars, AnyRule.range(g, n, 0, from), fast, 0, from);
      optimizer.step(scalars, AnyRule.range(g, n, from, n), fast, from, n);
      PlainRules.step(rule, scalars, g, plain);
      assertEquals(AnyRule.bits(plain), AnyRule.bits(fast), spec::toString);
      fast.advance();
      plain.advance();
    }
  }

  @Property(tries = 500)
  void aStepForReplayOfARuleByTheGradientsSignsPacksThoseOfTheMeans(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 70) int n,
      @ForAll @IntRange(min = 1, max = 5000) int rows) {
    Random random = new Random(seed);
    RuleSpec spec = bare(random);
    Optimizer optimizer = Optimizer.of(spec, n);
    Assume.that(spec.definition().replaysEverySlot());
    float[] sums = AnyRule.extreme(random, n * optimizer.width());
    float[] means = sums.clone();
    for (int i = 0; i < means.length; i++) {
      means[i] = sums[i] * (float) (1.0 / rows);
    }
    ParameterState state = new ParameterState(AnyRule.ordinary(random, n), optimizer.slots());
    RoundScalars scalars = AnyRule.round(1, rows, random);
    optimizer.step(scalars, sums, state, 0, n);
    byte[] packed = optimizer.signs(scalars, sums, n);
    float[] signs = new float[n];
    Signs.unpack(packed, signs, n);
    for (int i = 0; i < n; i++) {
      assertEquals(Math.signum(means[i]) + 0f, signs[i]);
    }
  }
}
