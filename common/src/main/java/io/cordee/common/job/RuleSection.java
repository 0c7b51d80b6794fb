package io.cordee.common.job;

import io.cordee.common.rule.RuleCatalog;
import io.cordee.common.rule.RuleDefinition;
import io.cordee.common.rule.RuleSpec;
import io.cordee.common.rule.Setting;
import io.cordee.common.rule.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code rule}. */
final class RuleSection {

  static final String NAME = "name";
  static final String EXPECTED = "a mapping with name and the rule's settings";
  private static final String DEFAULT_RULE = "rprop";

  private RuleSection() {}

  static Optional<RuleSpec> read(Section section) {
    Optional<RuleDefinition> rule =
        section.has(NAME)
            ? section
                .find(NAME, new Expected.Choice(RuleCatalog.names()))
                .flatMap(RuleCatalog::find)
            : RuleCatalog.find(DEFAULT_RULE);
    return rule.flatMap(definition -> read(section, definition));
  }

  /** The keys that may stand beside the name of a rule. */
  static List<String> keys(RuleDefinition rule) {
    List<String> keys = new ArrayList<>(List.of(NAME));
    rule.settings().forEach(setting -> keys.addAll(setting.names()));
    return keys;
  }

  private static Optional<RuleSpec> read(Section section, RuleDefinition rule) {
    section.allow(keys(rule));
    Map<String, Object> values = new LinkedHashMap<>();
    for (Setting setting : rule.settings()) {
      String name = name(section, setting);
      if (setting instanceof Setting.Number number) {
        Expected<Double> expected = new Expected.Single(number.bounds());
        values.put(number.key(), section.get(name, expected, number.defaultValue()));
      } else if (setting instanceof Setting.Choice choice) {
        Expected<String> expected = new Expected.Choice(choice.choices());
        values.put(choice.key(), section.get(name, expected, choice.defaultValue()));
      }
    }
    return section.build(() -> new RuleSpec(rule.name(), new Settings(values)));
  }

  /** The name that a setting is given by. */
  private static String name(Section section, Setting setting) {
    List<String> given = setting.names().stream().filter(section::has).toList();
    if (given.size() > 1) {
      section.problem(
          "another name for " + given.get(0) + ", which is given too; leave one of them out",
          given.get(1));
    }
    return given.isEmpty() ? setting.key() : given.get(0);
  }
}
