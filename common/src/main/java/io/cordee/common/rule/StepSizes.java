package io.cordee.common.rule;

import io.cordee.common.kernel.Floats;
import io.cordee.common.rule.Setting.Bounds;
import io.cordee.common.rule.Setting.Number;
import java.util.List;
import java.util.Map;

/**
 * The step size η of one parameter, as the whole Rprop family adapts it:
 *
 * <pre>
 * η ← min(αη, η_max)  if the derivative has kept its sign
 *     max(βη, η_min)  if it has flipped
 *     η               if one of the two is 0
 * </pre>
 */
record StepSizes(float initial, float min, float max, float α, float β) {

  static final String INITIAL = "initial_step";
  private static final String MIN = "min_step";
  private static final String MAX = "max_step";

  static final List<Setting> SETTINGS =
      List.of(
          new Number(INITIAL, 0.1, Bounds.POSITIVE, "η at the start"),
          new Number(MIN, 1e-6, Bounds.POSITIVE, "η_min"),
          new Number(MAX, 50.0, Bounds.POSITIVE, "η_max; decides more than the variant does"),
          new Number("increase", 1.2, Bounds.ABOVE_ONE, "α, the factor while the sign stays"),
          new Number("decrease", 0.5, Bounds.BELOW_ONE, "β, the factor when it flips"));

  StepSizes {
    if (!(min <= initial && initial <= max)) {
      throw new IllegalArgumentException(
          "expected min_step <= initial_step <= max_step; found min_step %s, initial_step %s, max_step %s"
              .formatted(min, initial, max));
    }
  }

  static StepSizes of(Settings settings) {
    return new StepSizes(
        settings.single(INITIAL),
        settings.single(MIN),
        settings.single(MAX),
        settings.single("increase"),
        settings.single("decrease"));
  }

  /** Moves a first step that nobody has asked for within the bounds, where there are such. */
  static void fitInitial(Map<String, Object> values) {
    values.computeIfPresent(
        INITIAL,
        (key, initial) ->
            Math.max(
                (double) values.get(MIN), Math.min((double) values.get(MAX), (double) initial)));
  }

  /** The slots of every rule of the family: η, and the sign of the previous derivative. */
  List<Slot> slots() {
    return List.of(new Slot("step_size", initial), new Slot("previous_sign", 0));
  }

  /**
   * Adapts a block's η. In the slot of the previous sign it leaves the <em>turn</em>: the sign of
   * the derivative, doubled where it has flipped. A rule steps by that, and puts the sign for the
   * next round in its place.
   */
  void adapt(Block block) {
    float[] sums = block.sums();
    float perRow = block.perRow();
    float[] η = block.slot(0);
    float[] previous = block.slot(1);
    for (int i = block.from(), to = block.to(); i < to; i++) {
      float s = Floats.sign(perRow * sums[i]);
      float product = s * previous[i];
      η[i] = adapt(η[i], product);
      previous[i] = s + Math.max(0f, -product) * s;
    }
  }

  /** 1 where a sign has flipped, otherwise 0. */
  static float flip(float turn) {
    return Math.max(0f, Math.abs(turn) - 1);
  }

  /** The sign of the derivative: −1, 0 or 1. */
  static float sign(float turn) {
    return Math.max(-1f, Math.min(1f, turn));
  }

  /** The sign of the derivative, but 0 where it has flipped; never −0. */
  static float signUnlessFlipped(float turn) {
    return (1 - flip(turn)) * turn + 0f;
  }

  /**
   * The new η. Branch-free: as α > 1 > β > 0, the factor is α for a product of 1, 1 for 0, and β
   * for −1. Clamping on both sides changes nothing, as η was within its bounds.
   *
   * @param product of the current and the previous sign: −1, 0 or 1
   */
  float adapt(float η, float product) {
    float factor = Math.max(α * product, Math.min(1f, 1 + product + β));
    return Math.max(min, Math.min(max, factor * η));
  }
}
