package io.cordee.common.job;

import io.cordee.common.rule.Setting.Bounds;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads {@code stop}. */
final class StopSection {

  static final String EXPECTED = "a mapping with rounds, accuracy, loss, tolerance, minutes";
  private static final List<String> KEYS =
      List.of("rounds", "accuracy", "loss", "tolerance", "minutes");
  private static final long DEFAULT_ROUNDS = 100;

  private StopSection() {}

  static Optional<StopConditions> read(Section section) {
    section.allow(KEYS);
    int rounds = Math.toIntExact(section.get("rounds", Expected.Whole.atLeast(1), DEFAULT_ROUNDS));
    OptionalDouble accuracy =
        number(section, "accuracy", new Expected.Number(new Bounds(0, false, 1, false)));
    OptionalDouble loss = number(section, "loss", Expected.Number.AT_LEAST_ZERO);
    OptionalDouble tolerance = number(section, "tolerance", Expected.Number.ABOVE_ZERO);
    OptionalDouble minutes = number(section, "minutes", Expected.Number.ABOVE_ZERO);
    return section.build(() -> new StopConditions(rounds, accuracy, loss, tolerance, minutes));
  }

  private static OptionalDouble number(Section section, String key, Expected.Number expected) {
    return section.find(key, expected).map(OptionalDouble::of).orElse(OptionalDouble.empty());
  }
}
