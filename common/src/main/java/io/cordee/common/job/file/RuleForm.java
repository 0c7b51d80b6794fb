package io.cordee.common.job.file;

import io.cordee.common.rule.RuleCatalog;
import io.cordee.common.rule.RuleDefinition;
import io.cordee.common.rule.RuleSpec;
import io.cordee.common.rule.Setting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The section {@code rule}. */
final class RuleForm {

  static final String NAME = "name";
  static final Section.Form<RuleSpec> FORM =
      Section.Form.called(
          "a rule's name, or a mapping with name and the rule's settings", RuleForm::fill);
  private static final String DEFAULT_RULE = "rprop";

  private RuleForm() {}

  /** The keys that may stand beside the name of a rule. */
  static List<String> keys(RuleDefinition rule) {
    List<String> keys = new ArrayList<>(List.of(NAME));
    rule.settings().forEach(setting -> keys.addAll(setting.names()));
    return keys;
  }

  /** Where a key belongs that is a setting of a rule. */
  static Optional<String> pathOf(String key) {
    return RuleCatalog.all().stream().anyMatch(rule -> rule.setting(key).isPresent())
        ? Optional.of("rule." + key)
        : Optional.empty();
  }

  private static Optional<RuleSpec> fill(Section<RuleSpec> section) {
    Optional<String> name = section.find(NAME, Expected.rule(), spec -> Optional.of(spec.name()));
    return name.or(() -> section.has(NAME) ? Optional.empty() : Optional.of(DEFAULT_RULE))
        .flatMap(RuleCatalog::find)
        .flatMap(rule -> fill(section, rule));
  }

  private static Optional<RuleSpec> fill(Section<RuleSpec> section, RuleDefinition rule) {
    Map<String, Object> values = new LinkedHashMap<>();
    Set<String> given = new HashSet<>();
    for (Setting setting : rule.settings()) {
      String key = setting.key();
      String name = name(section, setting);
      if (section.has(name)) {
        given.add(key);
      }
      if (setting instanceof Setting.Number number) {
        Expected<Double> expected = Expected.single(number.bounds());
        Double usual = number.defaultValue();
        values.put(key, section.get(name, expected, usual, spec -> spec.settings().number(key)));
      } else if (setting instanceof Setting.Choice choice) {
        Expected<String> expected = Expected.choice(choice.choices());
        String usual = choice.defaultValue();
        values.put(key, section.get(name, expected, usual, spec -> spec.settings().choice(key)));
      } else {
        throw new IllegalStateException("no case for " + setting);
      }
    }
    return section.build(() -> rule.spec(values, given));
  }

  private static String name(Section<RuleSpec> section, Setting setting) {
    List<String> given = setting.names().stream().filter(section::has).toList();
    if (given.size() > 1) {
      section.problem(
          "another name for " + given.get(0) + ", which is given too; leave one of them out",
          given.get(1));
    }
    return given.isEmpty() ? setting.key() : given.get(0);
  }
}
