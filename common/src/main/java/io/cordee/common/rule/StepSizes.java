package io.cordee.common.rule;

import io.cordee.common.rule.Setting.Bounds;
import io.cordee.common.rule.Setting.Number;
import java.util.List;

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

  static final List<Setting> SETTINGS =
      List.of(
          new Number("initial_step", 0.1, Bounds.POSITIVE, "η at the start"),
          new Number("min_step", 1e-6, Bounds.POSITIVE, "η_min"),
          new Number("max_step", 50, Bounds.POSITIVE, "η_max; decides more than the variant does"),
          new Number("increase", 1.2, Bounds.ABOVE_ONE, "α, the factor while the sign stays"),
          new Number("decrease", 0.5, Bounds.BELOW_ONE, "β, the factor when it flips"));

  StepSizes {
    if (!(min <= initial && initial <= max)) {
      throw new IllegalArgumentException(
          "expected min_step <= initial_step <= max_step; found min_step "
              + min
              + ", initial_step "
              + initial
              + ", max_step "
              + max);
    }
  }

  static StepSizes of(Settings settings) {
    return new StepSizes(
        settings.single("initial_step"),
        settings.single("min_step"),
        settings.single("max_step"),
        settings.single("increase"),
        settings.single("decrease"));
  }

  /** The slots of every rule of the family: η, and the sign of the previous derivative. */
  List<Slot> slots() {
    return List.of(new Slot("step_size", initial), new Slot("previous_sign", 0));
  }

  /** 1 where the product of two successive signs is −1, otherwise 0. */
  static float flip(float product) {
    return Math.max(0f, -product);
  }

  /**
   * The new η. Branch-free: of the three factors two are 0. Clamping on both sides changes nothing,
   * as α > 1 > β and η was within its bounds.
   *
   * @param product of the current and the previous sign: −1, 0 or 1
   */
  float adapt(float η, float product) {
    float kept = Math.max(0f, product);
    float flip = flip(product);
    return Math.max(min, Math.min(max, (kept * α + flip * β + (1 - kept - flip)) * η));
  }
}
