package io.cordee.server.web;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A scrape in strict Prometheus text format 0.0.4: one group a metric, type first, no repeats. */
record Exposition(Map<String, String> types, Map<String, Double> samples) {

  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final Pattern SAMPLE =
      Pattern.compile(
          "("
              + NAME
              + ")(\\{(?:[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\n]|\\\\[\\\\n\"])*\",?)*})? (\\S+)");
  private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) (" + NAME + ") (.+)");

  static Exposition parse(String text) {
    assertTrue(text.endsWith("\n"), "the last line ends with a line feed");
    Map<String, String> types = new LinkedHashMap<>();
    Map<String, Double> samples = new LinkedHashMap<>();
    String metric = "";
    for (String line : text.split("\n")) {
      if (line.startsWith("#")) {
        Matcher comment = COMMENT.matcher(line);
        assertTrue(comment.matches(), line);
        if (comment.group(1).equals("TYPE")) {
          metric = comment.group(2);
          assertTrue(comment.group(3).matches("counter|gauge|histogram|summary|untyped"), line);
          assertFalse(types.containsKey(metric), "a second group of " + line);
          types.put(metric, comment.group(3));
        }
        continue;
      }
      Matcher sample = SAMPLE.matcher(line);
      assertTrue(sample.matches(), line);
      String name = sample.group(1);
      assertTrue(belongs(name, metric, types.get(metric)), line + " below the type of " + metric);
      String labels = sample.group(2) == null ? "" : sample.group(2);
      assertFalse(samples.containsKey(name + labels), "twice: " + line);
      samples.put(name + labels, value(sample.group(3)));
    }
    return new Exposition(types, samples);
  }

  private static boolean belongs(String sample, String metric, String type) {
    return switch (type) {
      case "summary" -> sample.matches(Pattern.quote(metric) + "(_sum|_count)?");
      case "histogram" -> sample.matches(Pattern.quote(metric) + "(_bucket|_sum|_count)");
      default -> sample.equals(metric);
    };
  }

  private static double value(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /** {@code sample} includes its labels. */
  double of(String sample) {
    Double value = samples.get(sample);
    assertTrue(value != null, () -> "no " + sample + " among " + samples.keySet());
    return value;
  }
}
