package io.cordee.experiment.grid;

import io.cordee.common.rule.RuleSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The rule of the job, and which of its settings the job gives rather than leaves at their
 * defaults: as the file has it, or {@code --set rule=} does.
 */
record JobsRule(RuleSpec spec, Set<String> given) {

  private static final String SECTION = "rule";

  /**
   * {@code sets} replace the rule as a whole; {@code spec} is of a job read with them, thus sound.
   */
  static JobsRule of(Optional<Path> file, List<String> sets, RuleSpec spec) {
    if (!sets.isEmpty()) {
      String last = sets.get(sets.size() - 1);
      return new JobsRule(spec, keys(yaml(last.substring(last.indexOf('=') + 1))));
    }
    if (file.isEmpty()) {
      return new JobsRule(spec, spec.settings().values().keySet());
    }
    try {
      return yaml(Files.readString(file.get())) instanceof Map<?, ?> job
          ? new JobsRule(spec, keys(job.get(SECTION)))
          : new JobsRule(spec, Set.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether it is {@code --set} of the rule as a whole. */
  static boolean isWhole(String key) {
    return key.equals(SECTION);
  }

  /** Whether the job says how the rule is set, beside options that are any rule's. */
  boolean isSettled() {
    return spec.definition().own().stream()
        .anyMatch(setting -> setting.names().stream().anyMatch(given::contains));
  }

  private static Object yaml(String text) {
    return new Load(LoadSettings.builder().build()).loadFromString(text);
  }

  private static Set<String> keys(Object rule) {
    return rule instanceof Map<?, ?> settings
        ? settings.entrySet().stream()
            .filter(setting -> Objects.nonNull(setting.getValue()))
            .map(setting -> String.valueOf(setting.getKey()))
            .collect(Collectors.toSet())
        : Set.of();
  }
}
