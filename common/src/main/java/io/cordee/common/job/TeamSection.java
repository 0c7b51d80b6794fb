package io.cordee.common.job;

import io.cordee.common.rule.Setting.Bounds;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads {@code team}. */
final class TeamSection {

  static final String EXPECTED = "a mapping with min_workers, wait, lease";
  private static final List<String> KEYS = List.of("min_workers", "wait", "lease");
  private static final Bounds LEASE =
      new Bounds(TeamSpec.SHORTEST_LEASE, false, Double.POSITIVE_INFINITY, true);

  private TeamSection() {}

  static Optional<TeamSpec> read(Section section) {
    section.allow(KEYS);
    int minWorkers =
        Math.toIntExact(
            section.get(
                "min_workers", Expected.Whole.atLeast(1), (long) TeamSpec.USUAL.minWorkers()));
    double wait = section.get("wait", Expected.Number.AT_LEAST_ZERO, TeamSpec.USUAL.patience());
    OptionalDouble lease =
        section.get(
            "lease", new Expected.AutoOr(new Expected.Number(LEASE)), OptionalDouble.empty());
    return section.build(() -> new TeamSpec(minWorkers, wait, lease));
  }
}
