package io.cordee.common.optimizer;

import io.cordee.common.model.Words;
import io.cordee.common.optimizer.Setting.Bounds;
import io.cordee.common.optimizer.Setting.Choice;
import io.cordee.common.optimizer.Setting.Number;
import java.util.List;

/**
 * η as a function of the round. During the first {@code warmUp} rounds it rises in equal parts to
 * {@code base}; the shape begins with the round after.
 *
 * @param rounds of one step, or of the whole half cosine
 * @param factor of one step, or between the first and the last rate of the half cosine
 */
record LearningRate(double base, Shape shape, int rounds, double factor, int warmUp) {

  enum Shape {
    CONSTANT,
    STEP,
    COSINE
  }

  static final String KEY = "learning_rate";

  private static final double MAX_ROUNDS = 1e9;

  /** The settings that turn a {@code learning_rate} into a schedule. */
  static final List<Setting> SCHEDULE =
      List.of(
          new Choice(
              "schedule",
              "constant",
              Words.all(Shape.class),
              "how η changes: it stays, falls in steps, or along half a cosine and then stays"),
          new Number(
              "schedule_rounds",
              100.0,
              new Bounds(1, false, MAX_ROUNDS, false),
              "rounds between two steps, or of the half cosine"),
          new Number(
              "schedule_factor",
              0.1,
              new Bounds(0, false, 1, false),
              "η after a step over η before it, or at the cosine's end over that at its start"),
          new Number(
              "warmup_rounds",
              0.0,
              new Bounds(0, false, MAX_ROUNDS, false),
              "rounds in which η first rises to learning_rate, in equal parts"));

  static LearningRate of(Settings settings) {
    return new LearningRate(
        settings.number(KEY),
        Words.find(Shape.class, settings.choice("schedule")).orElseThrow(),
        settings.whole("schedule_rounds"),
        settings.number("schedule_factor"),
        settings.whole("warmup_rounds"));
  }

  /**
   * For an optimizer whose step grows with the gradient: that of the round, times the share of the
   * round's rows that is stepped by.
   */
  float at(RoundScalars scalars) {
    return (float) (at(scalars.round()) * scalars.share());
  }

  /**
   * For an optimizer whose step does not grow with the gradient, which is larger the fewer rows it
   * is of: times the root of the share (Malladi et al. 2022, On the SDEs and Scaling Optimizers for
   * Adaptive Gradient Algorithms).
   */
  float forUnitSteps(RoundScalars scalars) {
    return (float) (at(scalars.round()) * Math.sqrt(scalars.share()));
  }

  /**
   * @param round counted from 1
   */
  double at(int round) {
    if (round <= warmUp) {
      return base * round / warmUp;
    }
    int since = round - warmUp - 1;
    return base
        * switch (shape) {
          case CONSTANT -> 1;
          case STEP -> StrictMath.pow(factor, since / rounds);
          case COSINE -> factor + (1 - factor) * halfCosine(Math.min(since, rounds));
        };
  }

  /** From 1 at 0 down to 0 at {@code rounds}. */
  private double halfCosine(int since) {
    return (1 + StrictMath.cos(Math.PI * since / rounds)) / 2;
  }
}
