package io.cordee.common.optimizer;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The value of every setting of an optimizer: {@code Double} for a number, {@code String} for a
 * choice.
 */
public record Settings(Map<String, Object> values) {

  public Settings {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * @throws IllegalArgumentException if it is no whole number
   */
  int whole(String key) {
    double value = number(key);
    if (value != Math.rint(value)) {
      throw new IllegalArgumentException(key + " must be a whole number; found " + value);
    }
    return (int) value;
  }

  public double number(String key) {
    return (Double) value(key);
  }

  public float single(String key) {
    return (float) number(key);
  }

  public String choice(String key) {
    return (String) value(key);
  }

  private Object value(String key) {
    Object value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException("no setting " + key + " in " + values.keySet());
    }
    return value;
  }
}
