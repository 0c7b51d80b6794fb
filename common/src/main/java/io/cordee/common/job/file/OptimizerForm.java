package io.cordee.common.job.file;

import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.OptimizerDefinition;
import io.cordee.common.optimizer.OptimizerSpec;
import io.cordee.common.optimizer.Setting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The section {@code optimizer}. */
final class OptimizerForm {

  static final String NAME = "name";
  static final Section.Form<OptimizerSpec> FORM =
      Section.Form.called(
          "an optimizer's name, or a mapping with name and the optimizer's settings",
          OptimizerForm::fill);
  private static final String DEFAULT_OPTIMIZER = "rprop";

  private OptimizerForm() {}

  /** The keys that may stand beside the name of an optimizer. */
  static List<String> keys(OptimizerDefinition optimizer) {
    List<String> keys = new ArrayList<>(List.of(NAME));
    optimizer.settings().forEach(setting -> keys.addAll(setting.names()));
    return keys;
  }

  /** Returns the path of a key that is a setting of an optimizer; empty if it is none. */
  static Optional<String> pathOf(String key) {
    return OptimizerCatalog.all().stream().anyMatch(optimizer -> optimizer.setting(key).isPresent())
        ? Optional.of("optimizer." + key)
        : Optional.empty();
  }

  private static Optional<OptimizerSpec> fill(Section<OptimizerSpec> section) {
    Optional<String> name =
        section.find(NAME, Expected.optimizer(), spec -> Optional.of(spec.name()));
    return name.or(() -> section.has(NAME) ? Optional.empty() : Optional.of(DEFAULT_OPTIMIZER))
        .flatMap(OptimizerCatalog::find)
        .flatMap(optimizer -> fill(section, optimizer));
  }

  private static Optional<OptimizerSpec> fill(
      Section<OptimizerSpec> section, OptimizerDefinition optimizer) {
    Map<String, Object> values = new LinkedHashMap<>();
    Set<String> given = new HashSet<>();
    for (Setting setting : optimizer.settings()) {
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
    return section.build(() -> optimizer.spec(values, given));
  }

  private static String name(Section<OptimizerSpec> section, Setting setting) {
    List<String> given = setting.names().stream().filter(section::has).toList();
    if (given.size() > 1) {
      section.problem(
          "another name for " + given.get(0) + ", which is given too; leave one of them out",
          given.get(1));
    }
    return given.isEmpty() ? setting.key() : given.get(0);
  }
}
