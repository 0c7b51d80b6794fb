package io.cordee.common.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptimizerCatalogTest {

  private static void assertRefused(
      String optimizer, Map<String, Object> settings, String message) {
    OptimizerSpec spec = AnyUpdate.spec(optimizer, settings);
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> OptimizerCatalog.make(spec))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> Optimizer.of(spec, 3));
  }

  @Test
  void theDefaultsOfEveryOptimizerFitEachOther() {
    for (OptimizerDefinition optimizer : OptimizerCatalog.all()) {
      OptimizerCatalog.make(optimizer.with(Map.of()));
    }
  }

  @Test
  void everyOptimizerThatTheDesignNamesIsThere() {
    assertEquals(
        List.of(
            "gd",
            "momentum",
            "nesterov",
            "rprop",
            "rprop+",
            "rprop-",
            "irprop+",
            "irprop-",
            "quickprop",
            "rmsprop",
            "adam",
            "signsgd",
            "signum",
            "lion",
            "newton"),
        OptimizerCatalog.names());
  }

  @Test
  void optionsThatNeedALearningRateAreOfferedWithItOnly() {
    List<String> withRate =
        List.of(
            "weight_decay",
            "l1",
            "decay_biases",
            "gradient_noise",
            "decay",
            "clip_norm",
            "schedule",
            "schedule_rounds",
            "schedule_factor",
            "warmup_rounds");
    for (OptimizerDefinition optimizer : OptimizerCatalog.all()) {
      List<String> keys = optimizer.settings().stream().map(Setting::key).toList();
      List<String> options =
          new ArrayList<>(
              keys.contains("learning_rate")
                  ? withRate
                  : withRate.subList(0, withRate.indexOf("decay")));
      if (optimizer.usesCurvature()) {
        options.remove("decay_biases");
      }
      assertEquals(
          options, keys.subList(keys.size() - options.size(), keys.size()), optimizer.name());
      assertEquals(keys.size(), keys.stream().distinct().count(), optimizer.name());
    }
  }

  @Test
  void theDocumentsHaveEveryOptimizerWithItsSettings() throws IOException {
    List<String> rows = Files.readAllLines(Path.of("../docs/optimizers.md"));
    for (OptimizerDefinition optimizer : OptimizerCatalog.all()) {
      String start = "| `%s` | ".formatted(optimizer.name());
      String row = rows.stream().filter(line -> line.startsWith(start)).findFirst().orElse(start);
      for (Setting setting : optimizer.own()) {
        assertTrue(row.contains("`" + setting.key()), setting.key() + " in " + row);
      }
    }
  }

  @Test
  void noNameIsThatOfTwoSettingsOfAnOptimizer() {
    for (OptimizerDefinition optimizer : OptimizerCatalog.all()) {
      List<String> names = optimizer.settings().stream().flatMap(s -> s.names().stream()).toList();
      assertEquals(names.stream().distinct().toList(), names, optimizer.name());
    }
  }

  @Test
  void stepSizesOutOfOrderAreRefused() {
    assertRefused(
        "irprop-",
        Map.of("min_step", 0.5, "initial_step", 0.1),
        "expected min_step <= initial_step <= max_step; found min_step 0.5, initial_step 0.1,"
            + " max_step 50.0");
    assertRefused(
        "rprop",
        Map.of("max_step", 0.0625, "initial_step", 0.1),
        "expected min_step <= initial_step <= max_step; found min_step 1.0E-6, initial_step 0.1,"
            + " max_step 0.0625");
  }

  @Test
  void aNumberOutOfBoundsIsRefused() {
    assertRefused(
        "gd", Map.of("learning_rate", 0.0), "learning_rate must be a number in (0, ∞); found 0.0");
    assertRefused(
        "adam", Map.of("clip_norm", Double.NaN), "clip_norm must be a number in [0, ∞); found NaN");
    assertRefused(
        "gd",
        Map.of("learning_rate", "fast"),
        "learning_rate must be a number in (0, ∞); found fast");
  }

  @Test
  void aNumberThatLeavesItsBoundsAsAFloatIsRefused() {
    assertRefused(
        "adam",
        Map.of("gamma", 0.999999999),
        "gamma 0.999999999 becomes 1.0 as a float32, and must stay in [0, 1)");
    assertRefused(
        "rmsprop",
        Map.of("epsilon", 1e-50),
        "epsilon 1.0E-50 becomes 0.0 as a float32, and must stay in (0, ∞)");
    assertRefused(
        "rprop",
        Map.of("max_step", 1e39),
        "max_step 1.0E39 becomes Infinity as a float32, and must stay in (0, ∞)");
  }

  @Test
  void aCountOfRoundsThatIsNotWholeIsRefused() {
    assertRefused(
        "gd", Map.of("warmup_rounds", 2.5), "warmup_rounds must be a whole number; found 2.5");
  }

  @Test
  void aWordThatIsNotAChoiceIsRefused() {
    assertRefused(
        "newton",
        Map.of("curvature", "half"),
        "curvature must be one of [diagonal, full]; found half");
  }

  @Test
  void anUnknownOptimizerAndUnknownOrMissingSettingsAreRefused() {
    OptimizerSpec unknown = new OptimizerSpec("sgd", new Settings(Map.of()));
    assertThrows(IllegalArgumentException.class, () -> OptimizerCatalog.make(unknown));
    OptimizerSpec more = AnyUpdate.spec("rprop", Map.of("decay", "decoupled"));
    assertThrows(IllegalArgumentException.class, () -> OptimizerCatalog.make(more));
    Map<String, Object> fewer = new HashMap<>(AnyUpdate.spec("gd", Map.of()).settings().values());
    fewer.remove("learning_rate");
    assertEquals(
        "optimizer gd lacks a value for its setting learning_rate",
        assertThrows(
                IllegalArgumentException.class,
                () -> OptimizerCatalog.make(new OptimizerSpec("gd", new Settings(fewer))))
            .getMessage());
  }
}
