package io.cordee.worker.math;

import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class KernelChoiceTest {

  private static final long SECOND = KernelChoice.WINDOW;
  private static final long PLAIN_SPEED = KernelChoice.ENOUGH / 4; // a second

  private final Kernels plain = new PlainKernels("one");
  private final Kernels vectors = new PlainKernels("another");
  private final KernelChoice choice = new KernelChoice(plain, vectors);

  private void seconds(int count, long speed) {
    for (int i = 0; i < 10 * count; i++) {
      choice.tookFor(speed / 10, SECOND / 10);
    }
  }

  @Test
  void vectorsComeOnceEnoughHasBeenMultiplied() {
    seconds(3, PLAIN_SPEED);
    assertSame(plain, choice.get());
    seconds(2, PLAIN_SPEED);
    assertSame(vectors, choice.get());
    seconds(100, 2 * PLAIN_SPEED);
    assertSame(vectors, choice.get());
  }

  @Test
  void vectorsThatStaySlowAreGivenUp() {
    seconds(5, PLAIN_SPEED);
    seconds(KernelChoice.PATIENCE - 2, PLAIN_SPEED / 100);
    assertSame(vectors, choice.get());
    seconds(3, PLAIN_SPEED / 100);
    assertSame(plain, choice.get());
    seconds(100, 2 * PLAIN_SPEED);
    assertSame(plain, choice.get());
  }

  @Test
  void vectorsThatAreSlowForAWhileAreKept() {
    seconds(5, PLAIN_SPEED);
    for (int i = 0; i < 10; i++) {
      seconds(KernelChoice.PATIENCE - 3, PLAIN_SPEED / 10);
      seconds(2, 2 * PLAIN_SPEED);
    }
    assertSame(vectors, choice.get());
  }
}
