package io.cordee.common.job.file;

import io.cordee.common.rule.RuleSpec;
import java.util.ArrayList;
import java.util.List;

/** A rule without a job, whose settings are checked as a job's are. */
public final class LoneRule {

  /** A job that says nothing of its rule. */
  private static final String ANY_JOB = "{model: {layers: [64, 10]}, data: digits}";

  private LoneRule() {}

  /**
   * @param settings each {@code key=value}, with or without {@code rule.} in front
   * @param place where they stand, for error messages
   * @throws JobException if there is no such rule or setting
   */
  public static RuleSpec of(String name, List<String> settings, String place) {
    List<String> overrides = new ArrayList<>(List.of("rule.name=" + name));
    for (String setting : settings) {
      overrides.add(setting.startsWith("rule.") ? setting : "rule." + setting);
    }
    return JobFile.parse(ANY_JOB, place, overrides).rule();
  }
}
