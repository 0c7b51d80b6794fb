package io.cordee.server.training;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The job of simulated clusters, so small that thousands of them can be run. */
final class SimulatedJob {

  static final int ROUNDS = 6;
  static final int PARTITIONS = 8;

  private static final Map<String, String> QUIET = new HashMap<>();

  private SimulatedJob() {}

  /**
   * @param optimizer the name of one, or {@code newton-full}
   * @param more overrides
   */
  static Job job(String optimizer, String... more) {
    List<String> overrides = new ArrayList<>();
    if (optimizer.equals("newton-full")) {
      overrides.addAll(List.of("optimizer.name=newton", "optimizer.curvature=full"));
    } else {
      overrides.add("optimizer.name=" + optimizer);
    }
    overrides.addAll(List.of(more));
    return JobFile.parse(
        """
        name: simulated
        model: {layers: [4, 2]}
        data:
          train: {format: csv, file: train.csv, label: '0'}
          test: {format: csv, file: test.csv, label: '0'}
        partitions: %d
        evaluate_every: 2
        stop: {rounds: %d}
        """
            .formatted(PARTITIONS, ROUNDS),
        "simulated.yaml",
        overrides);
  }

  static float[] initial(Job job) {
    float[] initial = new float[job.model().layout().parameters()];
    for (int i = 0; i < initial.length; i++) {
      initial[i] = 0.1f * i - 0.5f;
    }
    return initial;
  }

  /** What one undisturbed worker ends with. */
  static synchronized String quietDigest(String optimizer) {
    return QUIET.computeIfAbsent(
        optimizer,
        name -> {
          SimulatedCluster one =
              new SimulatedCluster(job(name, "compression.weights=floats"), 1, 0);
          one.join();
          one.run(1_000_000);
          return one.finalDigest;
        });
  }
}
