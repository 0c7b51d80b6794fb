package io.cordee.bench.chaos;

import io.cordee.common.file.Resource;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobException;
import io.cordee.common.job.file.JobFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The jobs that are attacked. */
final class ChaosJob {

  /** The end is chosen when all events have been. */
  private static final String ENDLESS = "stop={rounds: 1000000000}";

  /**
   * The name of the built-in job with local steps; the others have the names of their optimizers.
   */
  private static final String LOCAL = "local";

  /**
   * The settings with which the loss of each built-in job goes on moving and stays finite, and
   * formats of gradients.
   */
  private static final Map<String, List<String>> SETTINGS =
      Map.of(
          LOCAL,
          List.of(
              "optimizer={name: nesterov, learning_rate: 0.7}",
              "batch=full",
              "local={steps: 3, batch: 8, optimizer: adam}"),
          "adam",
          List.of("optimizer.learning_rate=0.001", "compression.gradients=int8"),
          "quickprop",
          List.of(
              "optimizer.learning_rate=0.02",
              "optimizer.growth_limit=1.1",
              "compression.gradients=bfloat16"));

  private ChaosJob() {}

  /**
   * A job without an end.
   *
   * @param file the built-in job if there is none
   * @param optimizer instead of the job's own; or {@code local}, of the built-in job
   * @throws JobException if there is no such job
   */
  static Job of(Optional<Path> file, Optional<String> optimizer) {
    List<String> changes = new ArrayList<>(List.of(ENDLESS));
    optimizer
        .filter(name -> file.isPresent() || !name.equals(LOCAL))
        .ifPresent(name -> changes.add("optimizer.name=" + name));
    if (file.isPresent()) {
      return JobFile.read(file.get(), changes);
    }
    changes.addAll(SETTINGS.getOrDefault(optimizer.orElse(""), List.of()));
    return JobFile.parse(Resource.read(ChaosJob.class, "chaos.yaml"), "the built-in job", changes);
  }
}
