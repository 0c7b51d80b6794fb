package io.cordee.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every benchmark, on a small scale. */
@Tag("slow")
class BenchmarkIT {

  /** What was measured, its ratio to the limit, the bar and the limit. */
  private static final Pattern FIGURE =
      Pattern.compile(
          "\\S.* -?[\\d,.]+ \\S+ ±[\\d,.]+ % +-?[\\d,.]+ \\(.* to .*\\) +[<>]= [\\d.]+ .*, [\\d,.]+ \\S+ ±\\d+ %");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wire",
        "round",
        "optimizers",
        "reduce",
        "tables",
        "gradient",
        "function",
        "serve",
        "scale"
      })
  void everyBenchmarkRunsSmallAndPrintsFiguresWithTheirLimits(String benchmark) {
    assertTrue(figures(benchmark).size() > 0);
  }

  @Test
  void whateverFaultsCostTheRowsAreTheSame() {
    assertEquals(4, figures("faults").size());
  }

  private static List<String> figures(String benchmark) {
    StringWriter out = new StringWriter();

    assertEquals(
        0,
        Main.command().setOut(new PrintWriter(out)).execute(benchmark, "--quick"),
        out::toString);

    List<String> lines = out.toString().lines().toList();
    assertTrue(lines.stream().anyMatch(line -> line.startsWith(benchmark + ": ")));
    return lines.stream().filter(FIGURE.asMatchPredicate()).toList();
  }
}
