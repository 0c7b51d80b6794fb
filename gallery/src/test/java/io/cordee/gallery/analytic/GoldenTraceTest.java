package io.cordee.gallery.analytic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.rule.RuleCatalog;
import io.cordee.common.rule.RuleDefinition;
import io.cordee.common.rule.RuleSpec;
import io.cordee.common.rule.Setting;
import io.cordee.gallery.analytic.Trace.Point;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds every rule to tables worked out from its formula; see golden/README.md. */
class GoldenTraceTest {

  record Case(String file, double tolerance, Map<String, String> arguments, RuleSpec rule) {

    static Case parse(String line) {
      String[] words = line.split(" ");
      Map<String, String> arguments = new HashMap<>();
      Map<String, String> settings = new HashMap<>();
      for (String word : Arrays.asList(words).subList(2, words.length)) {
        if (word.startsWith("--set=")) {
          put(settings, word.substring("--set=".length()));
        } else {
          put(arguments, word.substring("--".length()));
        }
      }
      RuleDefinition rule = RuleCatalog.find(arguments.get("rule")).orElseThrow();
      Map<String, Object> values = new HashMap<>();
      for (Setting setting : rule.settings()) {
        String text = settings.remove(setting.key());
        if (text != null) {
          values.put(
              setting.key(), setting instanceof Setting.Number ? Double.valueOf(text) : text);
        }
      }
      assertEquals(Map.of(), settings, "settings that rule " + rule.name() + " does not have");
      return new Case(words[0], Double.parseDouble(words[1]), arguments, rule.with(values));
    }

    private static void put(Map<String, String> into, String keyAndValue) {
      String[] parts = keyAndValue.split("=", 2);
      into.put(parts[0], parts[1]);
    }

    AnalyticFunction function() {
      double condition =
          Double.parseDouble(
              arguments.getOrDefault("condition", "" + AnalyticFunction.DEFAULT_CONDITION));
      return AnalyticFunction.find(arguments.get("function"), condition).orElseThrow();
    }

    float[] start() {
      return floats(arguments.get("start").split(","));
    }

    int rounds() {
      return Integer.parseInt(arguments.get("rounds"));
    }

    @Override
    public String toString() {
      return file;
    }
  }

  static Stream<Case> cases() {
    return lines("index.txt").stream().filter(line -> !line.startsWith("#")).map(Case::parse);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void aRuleFollowsItsFormula(Case golden) {
    List<Point> points =
        Trace.run(golden.function(), golden.start(), golden.rule(), golden.rounds());
    List<String> rows = lines(golden.file());
    assertEquals(rows.size() - 1, points.size());
    for (Point point : points) {
      String[] row = rows.get(1 + point.round()).split(",");
      for (int i = 0; i < point.x().length; i++) {
        assertClose(row[1 + i], point.x()[i], golden.tolerance(), point);
      }
      assertClose(row[row.length - 1], point.f(), golden.tolerance(), point);
    }
  }

  @Test
  void everyRuleAndEachOfItsVariantsHasAGoldenTrace() {
    Set<String> covered = new HashSet<>();
    cases()
        .forEach(
            golden -> {
              covered.add(golden.rule().name());
              for (Setting setting : golden.rule().definition().settings()) {
                if (setting instanceof Setting.Choice) {
                  covered.add(variant(golden.rule().name(), setting.key(), golden));
                }
              }
            });
    for (RuleDefinition rule : RuleCatalog.all()) {
      assertTrue(covered.contains(rule.name()), rule.name());
      for (Setting setting : rule.settings()) {
        if (setting.key().equals("curvature") || setting.key().equals("after_flip")) {
          for (String choice : ((Setting.Choice) setting).choices()) {
            assertTrue(
                covered.contains(rule.name() + " " + setting.key() + " " + choice),
                rule.name() + " " + choice);
          }
        }
      }
    }
    assertTrue(covered.contains("adam decay coupled") && covered.contains("adam decay decoupled"));
  }

  private static String variant(String rule, String key, Case golden) {
    return rule + " " + key + " " + golden.rule().settings().choice(key);
  }

  private static void assertClose(String expected, double found, double tolerance, Point point) {
    double value = Double.parseDouble(expected);
    assertEquals(value, found, tolerance * Math.max(1, Math.abs(value)), "round " + point.round());
  }

  private static float[] floats(String[] words) {
    float[] floats = new float[words.length];
    for (int i = 0; i < words.length; i++) {
      floats[i] = Float.parseFloat(words[i]);
    }
    return floats;
  }

  private static List<String> lines(String file) {
    try (InputStream in = GoldenTraceTest.class.getResourceAsStream("/golden/" + file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
