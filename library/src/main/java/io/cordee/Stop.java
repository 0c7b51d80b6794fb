package io.cordee;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When a job is over: at whichever of its conditions is met first. Without {@link #rounds} or
 * {@link #epochs}, the number of rounds has no limit. Other conditions that a job file may have are
 * set by {@link Job.Builder#set}, as in {@code set("stop.tolerance", 0.4)}.
 */
public final class Stop {

  private final Map<String, Object> conditions;

  private Stop(Map<String, Object> conditions) {
    this.conditions = Collections.unmodifiableMap(conditions);
  }

  private static Stop when(String condition, Object value) {
    return new Stop(Map.of(condition, value));
  }

  /**
   * After a number of rounds.
   *
   * @param count at least 1
   */
  public static Stop rounds(int count) {
    return when("rounds", count);
  }

  /**
   * After a number of passes over the training rows; the batch size decides how many rounds.
   *
   * @param count at least 1
   */
  public static Stop epochs(int count) {
    return when("epochs", count);
  }

  /**
   * At a mean training loss of at most this.
   *
   * @param most not negative
   */
  public static Stop loss(double most) {
    return when("loss", most);
  }

  /**
   * After a number of minutes: the only condition that depends on the clock.
   *
   * @param count above 0
   */
  public static Stop minutes(double count) {
    return when("minutes", count);
  }

  /**
   * Either of two.
   *
   * @param other a condition, too
   * @return both; of two of a kind, the other one
   */
  public Stop or(Stop other) {
    Map<String, Object> both = new LinkedHashMap<>(conditions);
    both.putAll(other.conditions);
    return new Stop(both);
  }

  /** As in the section {@code stop} of a job file. */
  Map<String, Object> conditions() {
    return conditions;
  }
}
