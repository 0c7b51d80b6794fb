package io.cordee.common.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.wire.Signs;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BlockUpdateTest {

  private static final int ROUNDS = 5;

  /** Without decay and clipping. */
  private static OptimizerSpec bare(Random random) {
    OptimizerSpec drawn = AnyUpdate.draw(random);
    Map<String, Object> values = new LinkedHashMap<>(drawn.settings().values());
    values.replace("weight_decay", 0.0);
    values.replace("l1", 0.0);
    values.replace("clip_norm", 0.0);
    return AnyUpdate.spec(drawn.name(), values);
  }

  @Property(tries = 3000)
  void ordinaryGradientsGiveTheBitsOfThePlainOptimizers(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 70) int n) {
    compare(new Random(seed), n, false);
  }

  @Property(tries = 6000)
  void extremeGradientsGiveTheBitsOfThePlainOptimizers(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int n) {
    compare(new Random(seed), n, true);
  }

  @Property(tries = 60)
  void rangesOfSeveralBlocksGiveTheBitsOfThePlainOptimizers(
      @ForAll long seed,
      @ForAll @IntRange(min = BlockUpdate.Way.BLOCK - 1, max = 3 * BlockUpdate.Way.BLOCK) int n) {
    Random random = new Random(seed);
    compare(random, n, random.nextBoolean());
  }

  private static void compare(Random random, int n, boolean extreme) {
    OptimizerSpec spec = bare(random);
    Update update = OptimizerCatalog.make(spec);
    Assume.that(update instanceof BlockUpdate);
    Optimizer optimizer = Optimizer.of(spec, n);
    float[] start = extreme ? AnyUpdate.extreme(random, n) : AnyUpdate.ordinary(random, n);
    ParameterState fast = new ParameterState(start, optimizer.slots());
    ParameterState plain = new ParameterState(start, optimizer.slots());
    int from = random.nextInt(n);
    for (int round = 1; round <= ROUNDS; round++) {
      float[] g = extreme ? AnyUpdate.extreme(random, n) : AnyUpdate.ordinary(random, n);
      boolean isWhole = random.nextBoolean();
      RoundScalars scalars =
          isWhole ? AnyUpdate.round(round, 1, random) : AnyUpdate.part(round, random);
      optimizer.step(scalars, AnyUpdate.range(g, n, 0, from), fast, 0, from);
      optimizer.step(scalars, AnyUpdate.range(g, n, from, n), fast, from, n);
      PlainUpdates.step(update, scalars, g, plain);
      assertEquals(AnyUpdate.bits(plain), AnyUpdate.bits(fast), spec::toString);
      fast.advance();
      plain.advance();
    }
  }

  @Property(tries = 500)
  void aStepForReplayOfAnOptimizerByTheGradientsSignsPacksThoseOfTheMeans(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 70) int n,
      @ForAll @IntRange(min = 1, max = 5000) int rows) {
    Random random = new Random(seed);
    OptimizerSpec spec = bare(random);
    Optimizer optimizer = Optimizer.of(spec, n);
    Assume.that(spec.definition().replaysEverySlot());
    float[] sums = AnyUpdate.extreme(random, n * optimizer.width());
    float[] means = sums.clone();
    for (int i = 0; i < means.length; i++) {
      means[i] = sums[i] * (float) (1.0 / rows);
    }
    ParameterState state = new ParameterState(AnyUpdate.ordinary(random, n), optimizer.slots());
    RoundScalars scalars = AnyUpdate.round(1, rows, random);
    optimizer.step(scalars, sums, state, 0, n);
    byte[] packed = optimizer.signs(scalars, sums, n);
    float[] signs = new float[n];
    Signs.unpack(packed, signs, n);
    for (int i = 0; i < n; i++) {
      assertEquals(Math.signum(means[i]) + 0f, signs[i]);
    }
  }
}
