package io.cordee.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.function.GradientFunction;
import io.cordee.function.Sums;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A process that ends while its threads compute exits at once. */
@DisabledOnOs(OS.WINDOWS)
class EndOfProcessTest {

  private static final int SIGTERM = 128 + 15;
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir private Path folder;

  @Test
  void computingThreadsDoNotHoldItUp() throws IOException, InterruptedException {
    assertEquals(List.of("computing"), linesOf("compute"));
  }

  @Test
  void threadsThatAreInterruptedLeaveAndFunctionsClose() throws IOException, InterruptedException {
    assertEquals(
        List.of("computing", "left", "left", "closed"), linesOf("compute", "close at the end"));
  }

  /** The output of a process that is terminated once it computes. */
  private List<String> linesOf(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Computing.class.getName());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    try (BufferedReader output = process.inputReader()) {
      List<String> lines = new ArrayList<>(List.of(output.readLine()));
      process.toHandle().destroy(); // leaves the stream open
      assertTrue(process.waitFor(LONG.toMillis(), TimeUnit.MILLISECONDS), "it goes on");
      output.lines().forEach(lines::add);
      assertEquals(SIGTERM, process.exitValue(), lines.toString());
      return lines;
    } finally {
      process.destroyForcibly();
    }
  }

  /** Threads that compute until the process is gone, or until they are interrupted then. */
  static final class Computing {

    private static final int THREADS = 2;

    private final List<Thread> threads = new ArrayList<>();
    private final List<GradientFunction> functions = new ArrayList<>();
    private final CountDownLatch passes = new CountDownLatch(10 * THREADS);

    public static void main(String[] arguments) throws InterruptedException {
      Computing computing = new Computing();
      if (arguments.length > 1) {
        Runtime.getRuntime().addShutdownHook(new Thread(computing::close));
      }
      computing.start();
      computing.passes.await();
      System.out.println("computing");
    }

    private void start() {
      for (int i = 0; i < THREADS; i++) {
        functions.add(Models.function("dropout", "cross-entropy"));
        GradientFunction function = functions.get(i);
        threads.add(new Thread(() -> compute(function)));
      }
      threads.forEach(Thread::start);
    }

    private void compute(GradientFunction function) {
      float[] at = Models.parameters("dropout");
      MadeUpRows rows = MadeUpRows.labelled(1, 50, Models.INPUTS, Models.CLASSES);
      Sums sums = new Sums(at.length, 1);
      try {
        while (true) {
          function.accumulate(at, rows, sums);
          passes.countDown();
        }
      } catch (IllegalStateException e) {
        System.out.println("left");
      }
    }

    private void awaitWaiting() throws InterruptedException {
      while (threads.stream().anyMatch(thread -> thread.getState() != Thread.State.WAITING)) {
        Thread.sleep(1);
      }
    }

    /** As the end of an interrupted job does, once the end of the process has begun. */
    private void close() {
      try {
        awaitWaiting();
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
          thread.join();
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      functions.forEach(GradientFunction::close);
      System.out.println("closed");
    }
  }
}
