package io.cordee.server.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cordee.server.ParameterServer;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ServingTest {

  private final Serving serving = new Serving();

  private static <T> T never() throws InterruptedException {
    new CountDownLatch(1).await();
    throw new AssertionError();
  }

  @BeforeEach
  void noInterruptWaits() {
    serving.allClosed();
  }

  @Test
  void anInterruptEndsAServerThatIsStillStarting() throws Exception {
    CountDownLatch isStarting = new CountDownLatch(1);
    CompletableFuture<Void> run =
        CompletableFuture.runAsync(
            () -> {
              try {
                serving.run(
                    at -> {
                      isStarting.countDown();
                      return never();
                    });
              } catch (InterruptedException e) {
                assertFalse(Thread.currentThread().isInterrupted(), "files are still to be closed");
                throw new IllegalStateException(e);
              }
            });
    isStarting.await();
    serving.interrupt();

    ExecutionException end = assertThrows(ExecutionException.class, run::get);
    assertEquals(InterruptedException.class, end.getCause().getCause().getClass());
  }

  @Test
  void whatFailsSinceItWasInterruptedIsNoFailure() {
    assertThrows(InterruptedException.class, () -> serving.run(at -> failInterrupted()));
  }

  private ParameterServer failInterrupted() throws IOException {
    serving.interrupt();
    throw new IOException("a file was closed by the interrupt");
  }

  @Test
  void nothingStartsAfterAnInterrupt() throws Exception {
    serving.interrupt();
    assertThrows(InterruptedException.class, () -> serving.run(at -> never()));
  }
}
