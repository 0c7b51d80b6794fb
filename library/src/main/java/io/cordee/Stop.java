package io.cordee;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When a job is over: at whichever of its conditions is met first. Without {@link #rounds} or
 * {@link #epochs}, the number of rounds has no limit. Other keys of {@code stop} in a job file are
 * set by {@link Job.Builder#set}.
 *
 * <pre>{@code
 * Job job =
 *     Job.builder()
 *         .parameters(layout, new float[layout.parameters()])
 *         .rows(48)
 *         .validationRows(12)
 *         .stop(Stop.rounds(1000).or(Stop.patience(20)))
 *         .set("stop.min_delta", 0.001)
 *         .build();
 * }</pre>
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
   * When the loss over the {@linkplain Job.Builder#validationRows validation rows} has not improved
   * for a number of passes over the training rows; without a batch size, these are rounds. Checked
   * whenever these rows are evaluated. Needs mode {@code sync}, which is the default.
   *
   * @param epochs at least 1
   */
  public static Stop patience(int epochs) {
    return when("patience", epochs);
  }

  /**
   * The same for a number of rounds, whatever the batch size.
   *
   * @param rounds at least 1
   */
  public static Stop patienceRounds(int rounds) {
    return when("patience", rounds + " rounds");
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
