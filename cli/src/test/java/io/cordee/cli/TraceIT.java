package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code cordee trace} prints, in full precision, what the formula of a rule says. */
class TraceIT {

  private static final Path GOLDEN = Path.of("..", "gallery", "src", "test", "resources", "golden");

  /** A line of the golden traces' index, with the arguments of the command. */
  record Golden(String file, double tolerance, List<String> arguments) {

    private static Golden parse(String line) {
      List<String> words = Arrays.asList(line.split(" "));
      return new Golden(
          words.get(0), Double.parseDouble(words.get(1)), words.subList(2, words.size()));
    }
  }

  static Stream<Golden> golden() throws IOException {
    return Files.readAllLines(GOLDEN.resolve("index.txt")).stream()
        .filter(line -> !line.startsWith("#"))
        .map(Golden::parse);
  }

  @ParameterizedTest
  @MethodSource("golden")
  void aGoldenTraceIsReproduced(Golden golden) throws IOException {
    assertSameTable(
        Files.readAllLines(GOLDEN.resolve(golden.file())), trace(golden), golden.tolerance());
  }

  private static List<String> trace(Golden golden) {
    String[] arguments =
        Stream.concat(Stream.of("trace"), golden.arguments().stream()).toArray(String[]::new);
    return Typed.run(arguments).expectSuccess().out().lines().toList();
  }

  private static void assertSameTable(List<String> expected, List<String> found, double tolerance) {
    assertEquals(expected.get(0), found.get(0));
    assertEquals(expected.size(), found.size());
    assertTrue(expected.size() > 2);
    for (int row = 1; row < expected.size(); row++) {
      String[] wanted = expected.get(row).split(",");
      String[] printed = found.get(row).split(",");
      assertEquals(wanted.length, printed.length, found.get(row));
      int f = wanted.length - 1;
      for (int column = 0; column < f; column++) {
        assertClose(wanted[column], Float.parseFloat(printed[column]), tolerance, found.get(row));
      }
      assertClose(wanted[f], Double.parseDouble(printed[f]), tolerance, found.get(row));
    }
  }

  private static void assertClose(String wanted, double found, double tolerance, String row) {
    double value = Double.parseDouble(wanted);
    assertEquals(value, found, tolerance * Math.max(1, Math.abs(value)), row);
  }
}
