package io.cordee.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A short attack on real processes, the same every time; of these events there is nearly every
 * kind. On a failure the logs stay in {@code bench/runs}.
 */
@Tag("slow")
class ChaosIT {

  @ParameterizedTest
  @ValueSource(strings = {"rprop", "adam"})
  void whateverHappensTheBitsAreThoseOfAQuietRun(String rule) {
    assertEquals(
        0,
        ChaosCommand.execute(
            "--seed=21106", "--events=12", "--shards=2", "--workers=2", "--rules=" + rule));
  }
}
