package io.cordee.common.rule;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a job file can say of a rule.
 *
 * @param name as in the job file
 * @param summary one line for people, with the formula
 * @param settings in the order in which they are written out; the rule's own, then its options
 * @param factory makes the rule from a value for each setting
 */
public record RuleDefinition(
    String name, String summary, List<Setting> settings, Function<Settings, UpdateRule> factory) {

  public RuleDefinition {
    settings = List.copyOf(settings);
  }

  /** This rule with the given values, and the default of every setting that is not among them. */
  public RuleSpec with(Map<String, Object> given) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (Setting setting : settings) {
      values.put(setting.key(), defaultOf(setting));
    }
    values.putAll(given);
    return new RuleSpec(name, new Settings(values));
  }

  private static Object defaultOf(Setting setting) {
    if (setting instanceof Setting.Number number) {
      return number.defaultValue();
    }
    return ((Setting.Choice) setting).defaultValue();
  }
}
