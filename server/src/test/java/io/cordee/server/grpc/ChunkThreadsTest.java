package io.cordee.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ChunkThreadsTest {

  private static final int LARGE = 1 << 20;
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  @Test
  void everyIndexIsRunOnce() {
    Set<Integer> seen = ConcurrentHashMap.newKeySet();
    AtomicInteger runs = new AtomicInteger();
    ChunkThreads.each(
        1000,
        i -> {
          seen.add(i);
          runs.incrementAndGet();
        });
    assertEquals(1000, seen.size());
    assertEquals(1000, runs.get());
  }

  @Test
  void whoeverHoldsALockThatTheThreadsWaitForIsNotHeldUpByThem() throws InterruptedException {
    CountDownLatch isHeld = new CountDownLatch(1);
    CountDownLatch waiting = new CountDownLatch(CORES);
    CountDownLatch done = new CountDownLatch(CORES);
    Object lock = new Object();
    AtomicInteger runs = new AtomicInteger();
    for (int i = 0; i < CORES; i++) {
      ChunkThreads.run(
          LARGE,
          () -> {
            awaitOrFail(isHeld);
            waiting.countDown();
            synchronized (lock) {
              done.countDown();
            }
          });
    }
    synchronized (lock) {
      isHeld.countDown();
      waiting.await();
      ChunkThreads.each(8, i -> runs.incrementAndGet());
    }
    done.await();
    assertEquals(8, runs.get());
  }

  @Test
  void whatAnActionThrowsIsThrownWhenAllAreDone() {
    AtomicInteger runs = new AtomicInteger();
    assertThrows(
        IllegalStateException.class,
        () ->
            ChunkThreads.each(
                50,
                i -> {
                  runs.incrementAndGet();
                  if (i == 3) {
                    throw new IllegalStateException();
                  }
                }));
    assertEquals(50, runs.get());
  }

  private static void awaitOrFail(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
