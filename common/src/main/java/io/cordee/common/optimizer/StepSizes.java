package io.cordee.common.optimizer;

import io.cordee.common.optimizer.Setting.Bounds;
import io.cordee.common.optimizer.Setting.Number;
import java.util.List;
import java.util.Map;

/**
 * The step size η of one parameter, as the whole Rprop family adapts it.
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

  /** The slots of every optimizer of the family: η, and the sign of the previous derivative. */
  List<Slot> slots() {
    return List.of(new Slot("step_size", initial), new Slot("previous_sign", 0));
  }
}
