package io.cordee.common.job.file;

import io.cordee.common.optimizer.OptimizerSpec;
import java.util.ArrayList;
import java.util.List;

/** An optimizer without a job, whose settings are checked as a job's are. */
public final class LoneOptimizer {

  /** A job that says nothing of its optimizer. */
  private static final String ANY_JOB = "{model: {layers: [64, 10]}, data: digits}";

  private LoneOptimizer() {}

  /**
   * @param settings each {@code key=value}, with or without {@code optimizer.} in front
   * @param place where they stand, for error messages
   * @throws JobException if there is no such optimizer or setting
   */
  public static OptimizerSpec of(String name, List<String> settings, String place) {
    List<String> overrides = new ArrayList<>(List.of("optimizer.name=" + name));
    for (String setting : settings) {
      overrides.add(setting.startsWith("optimizer.") ? setting : "optimizer." + setting);
    }
    return JobFile.parse(ANY_JOB, place, overrides).optimizer();
  }
}
