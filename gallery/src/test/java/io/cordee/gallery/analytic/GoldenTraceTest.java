package io.cordee.gallery.analytic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.OptimizerDefinition;
import io.cordee.common.optimizer.OptimizerSpec;
import io.cordee.common.optimizer.Setting;
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

/** Holds every optimizer to tables worked out from its formula; see golden/README.md. */
class GoldenTraceTest {

  record Case(
      String file, double tolerance, Map<String, String> arguments, OptimizerSpec optimizer) {

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
      OptimizerDefinition optimizer =
          OptimizerCatalog.find(arguments.get("optimizer")).orElseThrow();
      Map<String, Object> values = new HashMap<>();
      for (Setting setting : optimizer.settings()) {
        String text = settings.remove(setting.key());
        if (text != null) {
          values.put(
              setting.key(), setting instanceof Setting.Number ? Double.valueOf(text) : text);
        }
      }
      assertEquals(
          Map.of(), settings, "settings that optimizer " + optimizer.name() + " does not have");
      return new Case(words[0], Double.parseDouble(words[1]), arguments, optimizer.with(values));
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
  void anOptimizerFollowsItsFormula(Case golden) {
    List<Point> points =
        Trace.run(golden.function(), golden.start(), golden.optimizer(), golden.rounds());
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
  void everyOptimizerAndEachOfItsVariantsHasAGoldenTrace() {
    Set<String> covered = new HashSet<>();
    cases()
        .forEach(
            golden -> {
              covered.add(golden.optimizer().name());
              for (Setting setting : golden.optimizer().definition().settings()) {
                if (setting instanceof Setting.Choice) {
                  covered.add(variant(golden.optimizer().name(), setting.key(), golden));
                }
              }
            });
    for (OptimizerDefinition optimizer : OptimizerCatalog.all()) {
      assertTrue(covered.contains(optimizer.name()), optimizer.name());
      for (Setting setting : optimizer.settings()) {
        if (setting.key().equals("curvature") || setting.key().equals("after_flip")) {
          for (String choice : ((Setting.Choice) setting).choices()) {
            assertTrue(
                covered.contains(optimizer.name() + " " + setting.key() + " " + choice),
                optimizer.name() + " " + choice);
          }
        }
      }
    }
    assertTrue(covered.contains("adam decay coupled") && covered.contains("adam decay decoupled"));
  }

  private static String variant(String optimizer, String key, Case golden) {
    return optimizer + " " + key + " " + golden.optimizer().settings().choice(key);
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
