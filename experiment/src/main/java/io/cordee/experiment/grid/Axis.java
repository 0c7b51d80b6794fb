package io.cordee.experiment.grid;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * A key of the job and the values that it takes in turn.
 *
 * @param name as it was given, and as results call it: {@code rule}, {@code stop.rounds}
 * @param values each YAML
 */
public record Axis(String name, List<String> values) {

  static final String RULE = "rule";
  private static final String EXPECTED = "expected KEY=VALUE,VALUE, such as rule=gd,adam";

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
    return new Axis(name.equals("rule.name") ? RULE : name, values);
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

  /** The key in the job file: {@code rule} is short for {@code rule.name}. */
  String key() {
    return name.equals(RULE) ? "rule.name" : name;
  }

  /** Whether it is a setting of the rule, other than which one it is. */
  boolean isRuleSetting() {
    return name.startsWith("rule.");
  }
}
