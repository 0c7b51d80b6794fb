package io.cordee.experiment.grid;

import io.cordee.common.optimizer.OptimizerSpec;
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
 * The optimizer of the job, and which of its settings the job gives rather than leaves at their
 * defaults: as the file has it, or {@code --set optimizer=} does.
 */
record JobOptimizer(OptimizerSpec spec, Set<String> given) {

  private static final String SECTION = "optimizer";

  /**
   * {@code sets} replace the optimizer as a whole; {@code spec} is of a job read with them, thus
   * sound.
   */
  static JobOptimizer of(Optional<Path> file, List<String> sets, OptimizerSpec spec) {
    if (!sets.isEmpty()) {
      String last = sets.get(sets.size() - 1);
      return new JobOptimizer(spec, keys(yaml(last.substring(last.indexOf('=') + 1))));
    }
    if (file.isEmpty()) {
      return new JobOptimizer(spec, spec.settings().values().keySet());
    }
    try {
      return yaml(Files.readString(file.get())) instanceof Map<?, ?> job
          ? new JobOptimizer(spec, keys(job.get(SECTION)))
          : new JobOptimizer(spec, Set.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns whether it is {@code --set} of the optimizer as a whole. */
  static boolean isWhole(String key) {
    return key.equals(SECTION);
  }

  /**
   * Returns whether the job says how the optimizer is set, beside options that are any optimizer's.
   */
  boolean isSettled() {
    return spec.definition().own().stream()
        .anyMatch(setting -> setting.names().stream().anyMatch(given::contains));
  }

  private static Object yaml(String text) {
    return new Load(LoadSettings.builder().build()).loadFromString(text);
  }

  private static Set<String> keys(Object optimizer) {
    return optimizer instanceof Map<?, ?> settings
        ? settings.entrySet().stream()
            .filter(setting -> Objects.nonNull(setting.getValue()))
            .map(setting -> String.valueOf(setting.getKey()))
            .collect(Collectors.toSet())
        : Set.of();
  }
}
