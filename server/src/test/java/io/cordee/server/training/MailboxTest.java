package io.cordee.server.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MailboxTest {

  private final Mailbox mailbox = new Mailbox();
  private final List<String> ran = new ArrayList<>();

  @Test
  void anEventThatAnEventPostsRunsAfterIt() {
    mailbox.post(
        () -> {
          mailbox.post(() -> ran.add("second"));
          ran.add("first");
        });
    assertEquals(List.of("first", "second"), ran);
  }

  @Test
  void aTaskRunsWhenTheMailboxIsFree() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      mailbox.post(
          () -> {
            mailbox.afterwards(
                () -> {
                  ran.add("task begins");
                  onOther(other, () -> mailbox.post(() -> ran.add("event of another thread")));
                  ran.add("task ends");
                });
            mailbox.post(() -> ran.add("event"));
          });
    } finally {
      other.shutdownNow();
    }
    assertEquals(List.of("event", "task begins", "event of another thread", "task ends"), ran);
  }

  private static void onOther(ExecutorService other, Runnable action) {
    try {
      other.submit(action).get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whoPostsWhileAnotherThreadRunsEventsDoesNotWait() throws Exception {
    CountDownLatch isRunning = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      Future<?> running =
          other.submit(
              () ->
                  mailbox.post(
                      () -> {
                        isRunning.countDown();
                        await(mayEnd);
                        ran.add("first");
                      }));
      isRunning.await();
      mailbox.post(() -> ran.add("second, by " + Thread.currentThread().getName()));
      assertEquals(List.of(), ran);
      mayEnd.countDown();
      running.get(30, TimeUnit.SECONDS);
    } finally {
      other.shutdownNow();
    }
    assertEquals(2, ran.size());
    assertEquals("first", ran.get(0));
    assertEquals(false, ran.get(1).endsWith(Thread.currentThread().getName()), ran.get(1));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anEventThatThrowsHoldsNobodyUp() {
    assertThrows(
        IllegalStateException.class,
        () ->
            mailbox.post(
                () -> {
                  mailbox.post(() -> ran.add("left behind"));
                  throw new IllegalStateException();
                }));
    assertEquals(List.of("left behind"), ran);
    mailbox.post(() -> ran.add("next"));
    assertEquals(List.of("left behind", "next"), ran);
  }

  @Test
  void eventsOfManyThreadsRunOneAtATime() throws Exception {
    int threads = 4;
    int each = 20_000;
    int[] count = {0};
    ExecutorService all = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> ends = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        ends.add(
            all.submit(
                () -> {
                  for (int i = 0; i < each; i++) {
                    mailbox.post(() -> count[0]++);
                  }
                }));
      }
      for (Future<?> end : ends) {
        end.get(30, TimeUnit.SECONDS);
      }
    } finally {
      all.shutdownNow();
    }
    mailbox.post(() -> ran.add("" + count[0]));
    assertEquals(List.of("" + threads * each), ran);
  }
}
