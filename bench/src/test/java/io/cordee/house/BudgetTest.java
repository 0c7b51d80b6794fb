package io.cordee.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The lines of main code of each module. Lines are the price that the next reader pays: when code
 * leaves, its module's number goes down with it; a commit that raises one says what for.
 */
class BudgetTest {

  private static final Path ROOT = Path.of("..");

  private static final Map<String, Long> LINES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("bench", 6_321L),
              Map.entry("cli", 10_909L),
              Map.entry("common", 15_818L),
              Map.entry("examples", 502L),
              Map.entry("experiment", 5_556L),
              Map.entry("gallery", 1_522L),
              Map.entry("library", 1_562L),
              Map.entry("proto", 2_909L),
              Map.entry("reference", 598L),
              Map.entry("server", 18_939L),
              Map.entry("spark", 2_644L),
              Map.entry("worker", 18_891L)));

  /** How far below its number a module may be before that is lowered. */
  private static final long SLACK = 100;

  @Test
  void noModuleHasMoreLinesThanItIsAllowed() throws IOException {
    Map<String, String> wrong = new TreeMap<>();
    for (String module : LINES.keySet()) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module))) {
        long found = files.filter(BudgetTest::isMain).mapToLong(BudgetTest::lines).sum();
        long allowed = LINES.get(module);
        if (found > allowed) {
          wrong.put(module, found + " lines, " + allowed + " allowed: delete some");
        } else if (found < allowed - SLACK) {
          wrong.put(module, found + " lines, " + allowed + " allowed: lower that");
        }
      }
    }
    assertEquals(Map.of(), wrong);
  }

  /** Excludes generated code, which is below target. */
  private static boolean isMain(Path file) {
    String path = ROOT.relativize(file).toString().replace('\\', '/');
    boolean isSource = path.contains("/src/main/") || path.startsWith("reference/");
    return path.endsWith(".java") && isSource && !path.contains("/target/");
  }

  private static long lines(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
