package io.cordee.common.optimizer;

import io.cordee.common.reduce.Chunks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Optimizers, options and rounds drawn at random, for tests of what holds for all of them. */
final class AnyUpdate {

  private static final float[] EXTREMES = {
    0,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    1e-23f,
    -2e-23f,
    1,
    -1,
    1e19f,
    -3e19f,
    1e38f,
    Float.MAX_VALUE,
    -Float.MAX_VALUE
  };

  private AnyUpdate() {}

  static OptimizerSpec spec(String name, Map<String, Object> settings) {
    return OptimizerCatalog.find(name).orElseThrow().with(settings);
  }

  static OptimizerSpec draw(Random random) {
    List<String> all = OptimizerCatalog.names();
    return draw(all.get(random.nextInt(all.size())), random);
  }

  static OptimizerSpec draw(String name, Random random) {
    OptimizerDefinition optimizer = OptimizerCatalog.find(name).orElseThrow();
    Map<String, Object> values = new LinkedHashMap<>();
    for (Setting setting : optimizer.settings()) {
      if (setting instanceof Setting.Choice choice) {
        values.put(choice.key(), choice.choices().get(random.nextInt(choice.choices().size())));
      }
    }
    draw(values, optimizer, "weight_decay", random, 0.0, 0.01, 3.0, 3e38);
    draw(values, optimizer, "l1", random, 0.0, 0.01, 3.0);
    draw(values, optimizer, "clip_norm", random, 0.0, 0.0, 1e-30, 1.0, 1e30);
    draw(values, optimizer, "schedule_rounds", random, 1.0, 3.0);
    draw(values, optimizer, "schedule_factor", random, 0.0, 0.5);
    draw(values, optimizer, "warmup_rounds", random, 0.0, 2.0);
    draw(values, optimizer, "learning_rate", random, 0.001, 0.1, 10.0, 1e30);
    draw(values, optimizer, "beta", random, 0.0, 0.9, 0.9999999);
    draw(values, optimizer, "beta1", random, 0.0, 0.9, 0.9999999);
    draw(values, optimizer, "beta2", random, 0.0, 0.99, 0.9999999);
    draw(values, optimizer, "delta", random, 0.0, 0.9, 0.9999999);
    draw(values, optimizer, "gamma", random, 0.0, 0.9, 0.9999999);
    draw(values, optimizer, "epsilon", random, 1e-45, 1e-8, 1.0);
    draw(values, optimizer, "damping", random, 1e-45, 1.0, 1e30);
    draw(values, optimizer, "max_step", random, 0.1, 50.0, 3e38);
    return optimizer.with(values);
  }

  private static void draw(
      Map<String, Object> into,
      OptimizerDefinition optimizer,
      String key,
      Random random,
      Double... from) {
    if (optimizer.settings().stream().anyMatch(setting -> setting.key().equals(key))) {
      into.put(key, from[random.nextInt(from.length)]);
    }
  }

  static float[] ordinary(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextInt(8) == 0 ? 0 : (float) random.nextGaussian();
    }
    return values;
  }

  static float[] extreme(Random random, int length) {
    float[] values = ordinary(random, length);
    for (int i = 0; i < length; i++) {
      if (random.nextInt(3) > 0) {
        values[i] = EXTREMES[random.nextInt(EXTREMES.length)];
      }
    }
    return values;
  }

  static List<float[]> cut(float[] contribution, Chunks chunks) {
    List<float[]> cut = new ArrayList<>();
    for (int c = 0; c < chunks.count(); c++) {
      cut.add(range(contribution, chunks.parameters(), chunks.from(c), chunks.to(c)));
    }
    return cut;
  }

  /** The part for [from, to) of a contribution for n parameters. */
  static float[] range(float[] contribution, int n, int from, int to) {
    int more = contribution.length / n - 1;
    float[] range = new float[(to - from) * (1 + more)];
    System.arraycopy(contribution, from, range, 0, to - from);
    System.arraycopy(contribution, n + from * more, range, to - from, (to - from) * more);
    return range;
  }

  static RoundScalars round(int round, long rows, Random random) {
    return new RoundScalars(
        round, rows, random.nextDouble(), round == 1 ? Double.NaN : random.nextDouble());
  }

  /** A fraction of a round, down to a millionth. */
  static RoundScalars part(int round, Random random) {
    long batchRows = (long) Math.pow(10, 6 * random.nextDouble());
    double before = round - 1 + random.nextDouble();
    return RoundScalars.ofPart(round, 1, random.nextDouble(), batchRows, before);
  }

  static List<Integer> bits(ParameterState state) {
    List<Integer> bits = new ArrayList<>();
    add(bits, state.current());
    add(bits, state.next());
    for (float[] slot : state.slots()) {
      add(bits, slot);
    }
    return bits;
  }

  private static void add(List<Integer> bits, float[] values) {
    for (float value : values) {
      bits.add(Float.floatToRawIntBits(value));
    }
  }
}
