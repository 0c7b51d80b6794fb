package io.cordee.worker.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class DeadlineTest {

  private static final Duration SOON = Duration.ofMillis(20);
  private static final Duration LATE = Duration.ofMinutes(10);

  private final Semaphore missed = new Semaphore(0);
  private final Deadline deadline = new Deadline(missed::release);

  private boolean isMissed() throws InterruptedException {
    return missed.tryAcquire(20, TimeUnit.SECONDS);
  }

  @Test
  void oneThatIsMissedIsToldOnce() throws Exception {
    deadline.set(SOON);
    assertTrue(isMissed());
    assertFalse(missed.tryAcquire(100, TimeUnit.MILLISECONDS));
  }

  /** The timer of an earlier deadline, which was met, is that of the next one, too. */
  @Test
  void oneAfterOthersThatWereMetIsKept() throws Exception {
    for (int call = 0; call < 1000; call++) {
      deadline.set(SOON);
      deadline.meet();
    }
    assertEquals(0, missed.availablePermits());
    deadline.set(SOON);
    assertTrue(isMissed());
  }

  @Test
  void anEarlierOneThanBeforeIsKept() throws Exception {
    deadline.set(LATE);
    deadline.meet();
    deadline.set(SOON);
    assertTrue(isMissed());
  }

  @Test
  void oneThatIsClosedIsForgotten() throws Exception {
    deadline.set(SOON);
    deadline.close();
    assertFalse(missed.tryAcquire(100, TimeUnit.MILLISECONDS));
  }
}
