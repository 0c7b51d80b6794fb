package io.cordee.experiment.grid;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A key of the job and the values that it takes in turn.
 *
 * @param name as it was given, and as results call it: {@code optimizer}, {@code stop.rounds}
 * @param values each YAML
 */
public record Axis(String name, List<String> values) {

  static final String OPTIMIZER = "optimizer";

  private static final String OPTIMIZER_PREFIX = "optimizer.";
  private static final String EXPECTED = "expected KEY=VALUE,VALUE, such as optimizer=gd,adam";

  private static final Pattern RANGE =
      Pattern.compile(
          "(?:optimizer\\.)?(\\w+)=([^:]+?)\\.\\.([^:]+?)(?::(log|linear))?(?::(\\d{1,3}))?");
  private static final int USUAL = 7;
  private static final int MOST = 100;

  public Axis {
    values = List.copyOf(values);
  }

  /** Reads {@code KEY=V,V}; commas within brackets, braces and quotes are parts of a value. */
  public static Axis parse(String text) {
    int equals = text.indexOf('=');
    String name = text.substring(0, Math.max(0, equals)).strip();
    if (name.isEmpty()) {
      throw new GridException("--vary " + text + ": " + EXPECTED);
    }
    List<String> values = split(text.substring(equals + 1));
    if (values.contains("") || new HashSet<>(values).size() < values.size()) {
      throw new GridException("--vary " + text + ": a value is empty or given twice; " + EXPECTED);
    }
    return new Axis(name.equals("optimizer.name") ? OPTIMIZER : name, values);
  }

  /**
   * Reads a range of values for a setting of optimizers: {@code learning_rate=1e-4..1e-1}; {@code
   * :log}, the default, or {@code :linear} may stand behind, and {@code :N} for N values.
   */
  public static Axis range(String text) {
    Matcher range = RANGE.matcher(text);
    try {
      if (range.matches()) {
        double from = Double.parseDouble(range.group(2));
        double to = Double.parseDouble(range.group(3));
        boolean isLog = !"linear".equals(range.group(4));
        int count = range.group(5) == null ? USUAL : Integer.parseInt(range.group(5));
        if (from < to && (from > 0 || !isLog) && to < 1e30 && count >= 2 && count <= MOST) {
          return new Axis(OPTIMIZER_PREFIX + range.group(1), values(from, to, isLog, count));
        }
      }
    } catch (NumberFormatException e) {
      // What is expected is said below.
    }
    throw new GridException(
        "--tune %s: expected KEY=FROM..TO, such as learning_rate=1e-4..1e-1, optionally followed by :log (even ratios, the default) or :linear (even steps), then :N for N values, 2 to 100 (7 by default); FROM is below TO and, unless :linear, above 0"
            .formatted(text));
  }

  private static List<String> values(double from, double to, boolean isLog, int count) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double share = (double) i / (count - 1);
      double value = isLog ? from * Math.pow(to / from, share) : from + (to - from) * share;
      // Three digits are plenty for a setting, and make its runs known again.
      values.add(Double.valueOf(String.format(Locale.ROOT, "%.3g", value)).toString());
    }
    return values;
  }

  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    int depth = 0;
    char quote = 0;
    for (char c : text.toCharArray()) {
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '[' || c == '{') {
        depth++;
      } else if (c == ']' || c == '}') {
        depth--;
      } else if (c == ',' && depth == 0) {
        parts.add(part.toString().strip());
        part.setLength(0);
        continue;
      }
      part.append(c);
    }
    parts.add(part.toString().strip());
    return parts;
  }

  /** The key in the job file: {@code optimizer} is short for {@code optimizer.name}. */
  String key() {
    return name.equals(OPTIMIZER) ? "optimizer.name" : name;
  }

  /** Returns whether it is a setting of the optimizer, other than which one it is. */
  boolean isOptimizerSetting() {
    return name.startsWith(OPTIMIZER_PREFIX);
  }

  /** The key of a setting of the optimizer, without {@code optimizer.}. */
  public String setting() {
    return name.substring(OPTIMIZER_PREFIX.length());
  }
}
