package io.cordee.worker.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class ResidualsTest {

  private static final int FLOATS = 3;

  private final Residuals residuals = new Residuals();

  private float[] owed(int version, int node, int chunk) {
    return residuals.of(version, node, chunk, FLOATS);
  }

  @Test
  void aNodeIsOwedNothingAtFirst() {
    assertArrayEquals(new float[FLOATS], owed(0, 5, 0));
  }

  @Test
  void everyChunkOfANodeThatIsPushedEveryRoundKeepsWhatItIsOwed() {
    float[] first = owed(0, 5, 0);
    float[] second = owed(0, 5, 1);
    assertNotSame(first, second);
    assertNotSame(first, owed(0, 4, 0));
    for (int version = 1; version < 4; version++) {
      assertSame(first, owed(version, 5, 0));
      assertSame(second, owed(version, 5, 1));
    }
  }

  @Test
  void aNodeThatIsAnothersForARoundIsForgotten() {
    float[] owed = owed(0, 5, 0);
    owed(0, 4, 0);
    owed(1, 4, 0);
    owed(2, 4, 0);
    assertEquals(1, residuals.count());
    assertNotSame(owed, owed(2, 5, 0));
  }

  @Test
  void versionsAtWhichThisWorkerPushedNothingForgetNothing() {
    float[] owed = owed(0, 5, 0);
    assertSame(owed, owed(7, 5, 0));
  }

  @Test
  void aThreadThatLagsBehindForgetsNothing() {
    owed(3, 4, 0);
    float[] owed = owed(4, 5, 0);
    owed(3, 5, 0);
    owed(4, 4, 0);
    assertSame(owed, owed(5, 5, 0));
  }
}
