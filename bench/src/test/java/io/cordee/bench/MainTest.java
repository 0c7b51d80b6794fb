package io.cordee.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class MainTest {

  @Test
  void anUnknownBenchmarkIsWrongUse() {
    assertEquals(2, Main.command().execute("speed"));
  }

  @Test
  void nothingToMeasureIsWrongUse() {
    assertEquals(2, Main.command().execute());
  }
}
