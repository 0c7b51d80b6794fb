package io.cordee.server.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cordee.server.assembly.Assembly;
import io.cordee.server.assembly.Role;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class JobServerTest {

  private final JobServer server = new JobServer();

  private static <T> T never() throws InterruptedException {
    new CountDownLatch(1).await();
    throw new AssertionError();
  }

  private void run(Role role) throws InterruptedException {
    server.run(role);
  }

  @Test
  void anInterruptEndsAServerThatIsStillStarting() throws Exception {
    CountDownLatch isStarting = new CountDownLatch(1);
    CompletableFuture<Void> run =
        CompletableFuture.runAsync(
            () -> {
              try {
                run(
                    (later, others) -> {
                      isStarting.countDown();
                      return never();
                    });
              } catch (InterruptedException e) {
                assertFalse(Thread.currentThread().isInterrupted(), "files are still to be closed");
                throw new IllegalStateException(e);
              }
            });
    isStarting.await();
    server.interrupt("interrupted");

    ExecutionException end = assertThrows(ExecutionException.class, run::get);
    assertEquals(InterruptedException.class, end.getCause().getCause().getClass());
  }

  @Test
  void whatFailsSinceItWasInterruptedIsNoFailure() {
    assertThrows(InterruptedException.class, () -> run((later, others) -> failInterrupted()));
  }

  private Assembly failInterrupted() throws IOException, InterruptedException {
    try {
      server.interrupt("interrupted");
      throw new IOException("a file was closed by the interrupt");
    } catch (TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whoInterruptsTheThreadWhileItStartsEndsItToo() {
    assertThrows(
        InterruptedException.class,
        () ->
            run(
                (later, others) -> {
                  Thread.currentThread().interrupt();
                  throw new IOException("a file was closed by the interrupt");
                }));
  }

  @Test
  void nothingStartsAfterAnInterrupt() throws Exception {
    server.interrupt("interrupted");
    assertThrows(InterruptedException.class, () -> run((later, others) -> never()));
  }
}
