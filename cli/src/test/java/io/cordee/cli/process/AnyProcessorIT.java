package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.TrainExamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Every optimizer's example has the same digests with any vectors, with none, without a fused
 * multiply-add in hardware, and on every Java from 17 on that is found on this machine.
 */
@Execution(ExecutionMode.CONCURRENT)
@Tag("slow")
class AnyProcessorIT {

  private static final String VECTORS = "--add-exports=java.base/jdk.internal.module=ALL-UNNAMED";
  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath();
  private static final Path CLASSES = Path.of("target", "test-classes").toAbsolutePath();
  private static final Path JARS = Path.of("target").toAbsolutePath();
  private static final Path JAVAS = Path.of("/usr/lib/jvm");

  @TempDir private Path folder;

  @Test
  void digestsAreThoseOfTheWidestVectors() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Map<String, List<String>> commands = new LinkedHashMap<>();
    commands.put("avx2", List.of(java, VECTORS, "-XX:UseAVX=2"));
    commands.put("avx1", List.of(java, VECTORS, "-XX:UseAVX=1"));
    commands.put("sse", List.of(java, VECTORS, "-XX:UseAVX=0"));
    commands.put("128", List.of(java, VECTORS, "-Dcordee.vector.bits=128"));
    commands.put("none", List.of(java));
    for (Path other : otherJavas()) {
      commands.put("java-" + other.getFileName(), List.of(other + "/bin/java", VECTORS));
      commands.put("plain-" + other.getFileName(), List.of(other + "/bin/java"));
    }
    Map<String, String> expected = digests("widest", List.of(java, VECTORS));
    assertTrue(expected.size() > 10, expected::toString);
    for (Map.Entry<String, List<String>> command : commands.entrySet()) {
      assertEquals(
          expected, digests(command.getKey(), command.getValue()), command.getValue()::toString);
    }
  }

  /** One of each other version. */
  private static List<Path> otherJavas() throws IOException {
    if (!Files.isDirectory(JAVAS)) {
      return List.of();
    }
    Map<String, Path> byVersion = new LinkedHashMap<>();
    try (Stream<Path> homes = Files.list(JAVAS)) {
      for (Path home : homes.sorted().toList()) {
        Path release = home.resolve("release");
        if (Files.exists(release) && Files.isExecutable(home.resolve("bin/java"))) {
          Files.readAllLines(release).stream()
              .filter(line -> line.startsWith("JAVA_VERSION="))
              .map(line -> line.replaceAll("\\D*(\\d+).*", "$1"))
              .filter(version -> Integer.parseInt(version) >= 17)
              .filter(version -> !version.equals("" + Runtime.version().feature()))
              .forEach(version -> byVersion.putIfAbsent(version, home));
        }
      }
    }
    return List.copyOf(byVersion.values());
  }

  /** The last digests, by example. */
  private Map<String, String> digests(String name, List<String> java) throws Exception {
    Path runs = Files.createDirectory(folder.resolve(name));
    List<String> command = new ArrayList<>(java);
    command.addAll(
        List.of(
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:+UseSerialGC",
            "-Dcordee.kernels=vectors",
            "-cp"));
    command.add(CLASSES + ":" + JARS + "/*:" + JARS + "/lib/*");
    command.add(TrainExamples.class.getName());
    command.addAll(List.of(EXAMPLES.toString(), runs.toString()));
    Path log = folder.resolve(name + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertEquals(0, process.waitFor(), () -> name + ": " + read(log));
    Map<String, String> digests = new LinkedHashMap<>();
    try (Stream<Path> folders = Files.list(runs)) {
      for (Path run : folders.sorted().toList()) {
        digests.put(run.getFileName().toString(), new Run(run).last().digest());
      }
    }
    return digests;
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
