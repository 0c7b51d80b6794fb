package io.cordee.worker.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Compute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenBlasTest {

  @Test
  void saysWhichLibraryWithWhichKernelAndHowManyThreads() {
    String description = MatrixProduct.of(Compute.BLAS).describe();
    assertTrue(
        description.matches(
            "OpenBLAS \\d+\\.\\d+\\.\\d+ \\(kernel \\w+\\), 1 thread per product, from /.+"),
        description);
    assertNotEquals("unknown", OpenBlas.load().kernel());
  }

  @Test
  void processesThatUnpackAtTheSameTimeAllGetTheLibrary(@TempDir Path cache) throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      processes.add(start("-Dorg.bytedeco.javacpp.cachedir=" + cache));
    }
    for (Process process : processes) {
      String output = outputOf(process);
      assertTrue(output.startsWith("OpenBLAS ") && output.contains(cache.toString()), output);
      assertEquals(0, process.exitValue(), output);
    }
  }

  @Test
  void withoutTheLibraryTheErrorNamesTheWayOut() throws Exception {
    Process process = start("-Dorg.bytedeco.javacpp.loadlibraries=false");
    String output = outputOf(process);
    assertTrue(output.startsWith("cannot load OpenBLAS on Linux"), output);
    assertTrue(output.contains("with compute: portable the job runs on every machine"), output);
  }

  @Test
  void whereItCanUnpackNowhereTheErrorSaysWhatToSet(@TempDir Path folder) throws Exception {
    // Below a file there can be no folder, not even for root.
    Path file = Files.createFile(folder.resolve("file"));
    String temporary = "-Djava.io.tmpdir=" + file.resolve("tmp");

    for (Process process :
        List.of(start(temporary, "-Duser.home=" + file.resolve("home")), start(temporary))) {
      String output = outputOf(process);
      assertTrue(output.startsWith("cannot load OpenBLAS on Linux"), output);
      assertTrue(
          output.contains(
              "CORDEE_JAVA_OPTS=\"-Dorg.bytedeco.javacpp.cachedir=FOLDER -Djava.io.tmpdir=FOLDER\""),
          output);
    }
  }

  /** Prints what {@link Compute#BLAS} says of itself in this process, or why there is none. */
  static final class Main {

    private Main() {}

    public static void main(String[] arguments) {
      try {
        System.out.println(MatrixProduct.of(Compute.BLAS).describe());
      } catch (IllegalStateException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private static Process start(String... properties) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(properties));
    command.add(Main.class.getName());
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static String outputOf(Process process) throws Exception {
    String output = new String(process.getInputStream().readAllBytes());
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still running after a minute");
    return output;
  }
}
