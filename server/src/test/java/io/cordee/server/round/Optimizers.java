package io.cordee.server.round;

import io.cordee.common.job.file.JobFile;
import io.cordee.common.optimizer.Optimizer;
import java.util.ArrayList;
import java.util.List;

/** Optimizers as a job file would make them. */
final class Optimizers {

  private Optimizers() {}

  /** Settings are as for {@code --set}: {@code optimizer.learning_rate=0.5}. */
  static Optimizer optimizer(int parameters, String name, String... settings) {
    String yaml =
        String.join(
            "\n",
            "name: optimizers",
            "model: {layers: [4, 2]}",
            "data:",
            "  train: {format: csv, file: train.csv, label: '0'}");
    List<String> overrides = new ArrayList<>(List.of("optimizer.name=" + name));
    overrides.addAll(List.of(settings));
    return Optimizer.of(JobFile.parse(yaml, "optimizers.yaml", overrides).optimizer(), parameters);
  }
}
