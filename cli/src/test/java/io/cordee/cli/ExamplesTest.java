package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExamplesTest {

  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath().normalize();

  @TempDir private Path folder;

  static Stream<Path> digits() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("digits-"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("digits")
  void anExampleReachesAnAccuracyOfAtLeastNineTenths(Path example) {
    Run run =
        Typed.train(
            folder.resolve("run"),
            example.toString(),
            "--set=stop.accuracy=0.9",
            "--set=evaluate_every=2");
    assertTrue(run.last().testAccuracy().orElseThrow() >= 0.9, run.last()::toString);
  }
}
