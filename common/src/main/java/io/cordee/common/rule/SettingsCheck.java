package io.cordee.common.rule;

import java.util.List;
import java.util.Map;

/** Whether settings are those of a rule, each of the right kind and within its bounds. */
final class SettingsCheck {

  private SettingsCheck() {}

  static void check(RuleDefinition rule, Settings settings) {
    Map<String, Object> values = settings.values();
    List<String> known = rule.settings().stream().map(Setting::key).toList();
    for (String key : values.keySet()) {
      if (!known.contains(key)) {
        throw new IllegalArgumentException(
            "rule " + rule.name() + " has no setting " + key + "; expected one of " + known);
      }
    }
    for (Setting setting : rule.settings()) {
      Object value = values.get(setting.key());
      if (value == null) {
        throw new IllegalArgumentException(
            "rule " + rule.name() + " lacks a value for its setting " + setting.key());
      }
      if (setting instanceof Setting.Number number) {
        checkNumber(number, value);
      } else if (setting instanceof Setting.Choice choice) {
        checkChoice(choice, value);
      }
    }
  }

  private static void checkChoice(Setting.Choice choice, Object value) {
    if (!(value instanceof String word) || !choice.choices().contains(word)) {
      throw new IllegalArgumentException(
          choice.key() + " must be one of " + choice.choices() + "; found " + value);
    }
  }

  /** As rules compute in float32, what rounds to a bound that is excluded is refused too. */
  private static void checkNumber(Setting.Number number, Object value) {
    if (!(value instanceof Double given) || !number.bounds().contains(given)) {
      throw new IllegalArgumentException(
          number.key() + " must be a number in " + number.bounds() + "; found " + value);
    }
    float single = given.floatValue();
    if (!number.bounds().contains(single)) {
      throw new IllegalArgumentException(
          number.key()
              + " "
              + value
              + " becomes "
              + single
              + " as a float32, and must stay in "
              + number.bounds());
    }
  }
}
