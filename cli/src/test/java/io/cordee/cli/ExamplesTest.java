package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.InFolder;
import io.cordee.cli.process.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ExamplesTest extends InFolder {

  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath().normalize();

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
  @Tag("slow")
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

  /** On rows of which each is easily told from the others. */
  @ParameterizedTest
  @CsvSource({
    "flights, 'origin,destination,hour,weekday,month,distance,late', 'ATL,SAV,8,1,1,300,1', 'JFK,LAX,9,2,1,2475,0', '[64, 1]'",
    "brown, 'words,genre', '\"the jury said, the city\",a', '\"she smiled and she sang\",b', '[2]'"
  })
  void anExampleOfIdsTrains(String name, String header, String one, String other, String layers)
      throws IOException {
    Path data = Files.createDirectory(folder.resolve(name));
    List<String> lines = new ArrayList<>(List.of(header));
    for (int i = 0; i < 60; i++) {
      lines.add(i % 2 == 0 ? one : other);
    }
    Files.write(data.resolve(name + ".csv"), lines);
    Run run =
        Typed.train(
            folder.resolve("run"),
            EXAMPLES.resolve(name + ".yaml").toString(),
            "--data=" + folder,
            "--set=stop.rounds=20",
            "--set=partitions=4",
            "--set=model.layers=" + layers);
    assertEquals(1, run.last().testAccuracy().orElseThrow(), run.last()::toString);
  }
}
