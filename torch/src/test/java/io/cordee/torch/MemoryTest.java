package io.cordee.torch;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.function.GradientFunction;
import io.cordee.function.Sums;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** No memory leaks outside of Java's heap. */
class MemoryTest {

  private static final int ROUNDS = 1000;
  private static final int MOST_GROWTH = 8 << 20;

  @Test
  @EnabledOnOs(OS.LINUX)
  void roundsLeaveNothingBehind() throws IOException {
    float[] at = Models.parameters("cnn");
    MadeUpRows rows = MadeUpRows.labelled(1, 10, 16, 3);
    Sums sums = new Sums(at.length, 1);
    float[] outputs = new float[10 * 3];
    try (GradientFunction function =
        new TorchScriptProvider().create(Models.job("cnn", "cross-entropy", 16, 3))) {
      requireSteady(
          ROUNDS,
          () -> {
            function.accumulate(at, rows, sums);
            function.measure(at, rows, outputs);
          });
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void functionsThatAreClosedLeaveNothingBehind() throws IOException {
    requireSteady(ROUNDS / 5, () -> Models.function("own-loss", null).close());
  }

  /** JavaCPP counts what it allocated; the system also what libtorch did. */
  private static void requireSteady(int rounds, Runnable round) throws IOException {
    for (int i = 0; i < rounds / 2; i++) {
      round.run();
    }
    long count = Pointer.totalCount();
    long bytes = resident();
    for (int i = 0; i < rounds; i++) {
      round.run();
    }
    long more = Pointer.totalCount() - count;
    assertTrue(more < rounds, more + " more objects");
    long growth = resident() - bytes;
    assertTrue(growth < MOST_GROWTH, growth + " more bytes");
  }

  private static long resident() throws IOException {
    String status = Files.readString(Path.of("/proc/self/status"));
    return Long.parseLong(status.replaceAll("(?s).*RssAnon:\\s+(\\d+) kB.*", "$1")) * 1024;
  }
}
