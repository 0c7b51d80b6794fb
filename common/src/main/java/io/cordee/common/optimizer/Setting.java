package io.cordee.common.optimizer;

import java.util.List;
import java.util.stream.Stream;

/** One setting of an optimizer, as it stands in a job file. */
public sealed interface Setting {

  String key();

  /** Returns its other names, as in PyTorch or Keras. */
  default List<String> aliases() {
    return List.of();
  }

  /** The key, then the aliases. */
  default List<String> names() {
    return Stream.concat(Stream.of(key()), aliases().stream()).toList();
  }

  /** A {@code Double} or a {@code String}. */
  Object defaultValue();

  /** One line for people, with the lecture's letter. */
  String meaning();

  /**
   * @throws IllegalArgumentException if a value is not of its kind, or beyond its bounds
   */
  void check(Object value);

  /** A number within bounds. */
  record Number(
      String key, Double defaultValue, Bounds bounds, String meaning, List<String> aliases)
      implements Setting {

    public Number {
      aliases = List.copyOf(aliases);
    }

    public Number(
        String key, Double defaultValue, Bounds bounds, String meaning, String... aliases) {
      this(key, defaultValue, bounds, meaning, List.of(aliases));
    }

    /** Refuses what rounds to an excluded bound, too, since optimizers compute in float32. */
    @Override
    public void check(Object value) {
      if (!(value instanceof Double given) || !bounds.contains(given)) {
        throw new IllegalArgumentException(
            key + " must be a number in " + bounds + "; found " + value);
      }
      float single = given.floatValue();
      if (!bounds.contains(single)) {
        throw new IllegalArgumentException(
            "%s %s becomes %s as a float32, and must stay in %s"
                .formatted(key, value, single, bounds));
      }
    }
  }

  /** One of a few words. */
  record Choice(String key, String defaultValue, List<String> choices, String meaning)
      implements Setting {
    public Choice {
      choices = List.copyOf(choices);
    }

    @Override
    public void check(Object value) {
      if (!(value instanceof String word) || !choices.contains(word)) {
        throw new IllegalArgumentException(key + " must be one of " + choices + "; found " + value);
      }
    }
  }

  /**
   * An interval.
   *
   * @param lowOpen whether {@code low} itself is excluded
   * @param highOpen whether {@code high} itself is excluded
   */
  record Bounds(double low, boolean lowOpen, double high, boolean highOpen) {

    public static final Bounds POSITIVE = new Bounds(0, true, Double.POSITIVE_INFINITY, true);
    public static final Bounds NOT_NEGATIVE = new Bounds(0, false, Double.POSITIVE_INFINITY, true);
    public static final Bounds ABOVE_ONE = new Bounds(1, true, Double.POSITIVE_INFINITY, true);
    public static final Bounds BELOW_ONE = new Bounds(0, true, 1, true);

    /** A share that may be 0. */
    public static final Bounds FRACTION = new Bounds(0, false, 1, true);

    public boolean contains(double value) {
      return (lowOpen ? value > low : value >= low) && (highOpen ? value < high : value <= high);
    }

    /** As in "(0, 1]". */
    @Override
    public String toString() {
      return (lowOpen ? "(" : "[") + text(low) + ", " + text(high) + (highOpen ? ")" : "]");
    }

    private static String text(double value) {
      if (Double.isInfinite(value)) {
        return value < 0 ? "-∞" : "∞";
      }
      return value == Math.rint(value) && Math.abs(value) < 1e15
          ? Long.toString((long) value)
          : Double.toString(value);
    }
  }
}
