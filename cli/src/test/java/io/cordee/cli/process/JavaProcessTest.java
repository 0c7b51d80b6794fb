package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.cli.commandline.ExitCode;
import io.cordee.common.kernel.VectorApi;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JavaProcessTest {

  /** Catches everything, as servers and workers do. */
  static final class Greedy {
    public static void main(String[] arguments) {
      List<long[]> taken = new ArrayList<>();
      for (; ; ) {
        try {
          taken.add(new long[1 << 16]);
        } catch (OutOfMemoryError e) {
          System.err.println(taken.size() + " taken, and it goes on");
        }
      }
    }
  }

  /** Prints why vectors cannot be used; nothing if they can. */
  static final class Vectors {
    public static void main(String[] arguments) {
      System.out.print(VectorApi.obstacle().orElse(""));
    }
  }

  /** Java itself would print a warning of this module before anything else. */
  @Test
  void aProcessComputesByVectorsAndPrintsNoWarning() throws IOException, InterruptedException {
    ProcessBuilder builder = JavaProcess.of(Vectors.class.getName(), List.of());
    Process process = builder.redirectErrorStream(true).start();
    try {
      assertEquals("", new String(process.getInputStream().readAllBytes()));
      assertEquals(0, process.waitFor());
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aProcessThatRunsOutOfMemoryEnds() throws IOException, InterruptedException {
    ProcessBuilder builder = JavaProcess.of(Greedy.class.getName(), List.of());
    builder.command().add(1, "-Xmx16m");
    Process process =
        builder
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertEquals(ExitCode.OUT_OF_MEMORY, process.waitFor());
    } finally {
      process.destroyForcibly();
    }
  }
}
