package io.cordee.common.rule;

import java.util.List;
import java.util.function.Function;

/**
 * What a job file can say of a rule.
 *
 * @param name as in the job file
 * @param summary one line for people, with the formula
 * @param settings in the order in which they are written out
 * @param factory makes the rule from a value for each setting
 */
public record RuleDefinition(
    String name, String summary, List<Setting> settings, Function<Settings, UpdateRule> factory) {

  public RuleDefinition {
    settings = List.copyOf(settings);
  }
}
