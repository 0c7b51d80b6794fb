package io.cordee.common.job.file;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Job files, many of the maximum size, that are crafted to cost time or memory. */
class JobBombsTest {

  private static final String GOOD = "model: {layers: [64, 10]}\ndata: digits\n";
  private static final int LARGE = 1_000_000;

  /** Total allocation; most of it is garbage at once. */
  private static final long MOST_BYTES = 4L << 30;

  private enum Bomb {
    NESTED_LISTS("[".repeat(LARGE)),
    NESTED_MAPPINGS("{a: ".repeat(LARGE / 4)),
    NESTED_BY_INDENTATION("- ".repeat(LARGE / 2)),
    KEYS(GOOD + many(20_000, i -> "k" + i + ": 1\n")),
    KEYS_LIKE_ONE(GOOD + many(20_000, i -> "partition" + i + ": 1\n")),
    ONE_LONG_KEY(GOOD + "k".repeat(LARGE) + ": 1"),
    SAME_KEY(GOOD + "optimizer: rprop\n".repeat(LARGE / 25)),
    LONG_NUMBER(GOOD + "partitions: " + "9".repeat(LARGE)),
    LONG_FRACTION(
        GOOD + "stop: {loss: 0." + "0".repeat(LARGE / 2) + "1e" + "9".repeat(400_000) + "}"),
    LONG_NAME(GOOD + "name: " + "x".repeat(LARGE)),
    LAYERS("model: {layers: [" + "1, ".repeat(LARGE / 10) + "1]}\ndata: digits\n"),
    LARGE_LAYERS("model: {layers: [" + "2147483647, ".repeat(LARGE / 25) + "1]}\ndata: digits\n"),
    ALIASES("a: &a [x, x]\n" + many(20_000, i -> "k" + i + ": [*a, *a, *a, *a]\n")),
    ANCHORS(GOOD + many(60_000, i -> "k: &a" + i + " 1\n")),
    ESCAPES(GOOD + "name: \"" + "\\x41".repeat(LARGE / 4) + "\""),
    QUOTE_WITHOUT_END(GOOD + "name: \"" + "x ".repeat(LARGE / 2)),
    COMMENTS(GOOD + "#\n".repeat(LARGE / 2) + "stop: nothing"),
    DIRECTIVES("%YAML 1.2\n".repeat(LARGE / 10)),
    DOCUMENTS("---\n".repeat(LARGE / 4)),
    TAGS(GOOD + many(30_000, i -> "k" + i + ": !!java.lang.Runtime {}\n"));

    private final String text;

    Bomb(String text) {
      this.text = text;
    }
  }

  private static String many(int count, IntFunction<String> line) {
    return IntStream.range(0, count).mapToObj(line).collect(Collectors.joining());
  }

  @ParameterizedTest
  @EnumSource
  void isRefusedSoonAndAtABoundedCost(Bomb bomb) {
    assertTrue(bomb.text.length() <= 1 << 20, () -> "it has " + bomb.text.length());
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    JobException refusal =
        assertTimeout(
            Duration.ofSeconds(60),
            () ->
                assertThrows(
                    JobException.class, () -> JobFile.parse(bomb.text, "job.yaml", List.of())));
    assertFalse(refusal.problems().isEmpty());
    for (String problem : refusal.problems()) {
      assertTrue(problem.length() < 2000, () -> "a problem of " + problem.length() + " characters");
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < MOST_BYTES, () -> allocated + " bytes were allocated");
  }
}
