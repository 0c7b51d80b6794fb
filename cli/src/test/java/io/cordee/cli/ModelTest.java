package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.InFolder;
import io.cordee.cli.process.Run;
import io.cordee.worker.data.DataFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code cordee evaluate} and {@code cordee predict} on trained runs. */
class ModelTest extends InFolder {

  private static final int TRAIN_ROWS = 1437;
  private static final int TEST_ROWS = 360;
  private static final int LABEL = 64;

  @ParameterizedTest
  @ValueSource(strings = {"rprop", "nesterov"})
  void aModelIsAsGoodAsItsLastRoundWas(String optimizer) throws IOException {
    Run run =
        Typed.train(
            folder.resolve("run"), "--set=optimizer.name=" + optimizer, "--set=stop.rounds=25");
    double accuracy = run.last().testAccuracy().orElseThrow();
    assertTrue(accuracy > 0.2, "something is learnt: " + accuracy);

    assertTrue(
        evaluate(run, "test")
            .contains(
                format("\naccuracy  %.4f (%d rows)\n", accuracy, Math.round(accuracy * TEST_ROWS))),
        "accuracy " + accuracy);
    if (!optimizer.equals("nesterov")) {
      // Its loss is taken at the lookahead point, not at the weights.
      assertTrue(
          evaluate(run, "train").contains(format("\nloss      %.6g\n", run.last().loss())),
          run.last()::toString);
    }

    Path file = folder.resolve("predictions.csv");
    Typed.run("predict", "--model=" + run.model(), "--out=" + file).expectSuccess();
    List<String> predictions = Files.readAllLines(file);
    assertTrue(predictions.get(0).startsWith("row,class,output0,"), predictions.get(0));
    assertEquals(1 + TEST_ROWS, predictions.size());
    assertEquals(accuracy, shareThatIsRight(predictions), 1e-12);
  }

  private String evaluate(Run run, String part) {
    String out =
        Typed.run("evaluate", "--model=" + run.model(), "--part=" + part).expectSuccess().out();
    assertTrue(out.contains("confusion matrix"), out);
    return out;
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static double shareThatIsRight(List<String> predictions) throws IOException {
    List<String> labels = testLabels();
    int right = 0;
    for (int row = 0; row < TEST_ROWS; row++) {
      String[] cells = predictions.get(1 + row).split(",");
      assertEquals(1797 - TEST_ROWS + row, Integer.parseInt(cells[0]), "of all digits");
      if (cells[1].equals(labels.get(row))) {
        right++;
      }
    }
    return (double) right / TEST_ROWS;
  }

  private static List<String> testLabels() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(DataFolder.class.getResourceAsStream("digits.csv.gz")),
                StandardCharsets.UTF_8))) {
      return reader.lines().skip(TRAIN_ROWS).map(line -> line.split(",")[LABEL]).toList();
    }
  }

  @Test
  void aFileThatIsNoModelOrIsCutShortIsToldInOneLine() throws IOException {
    Path other = write("other", "neither a model nor anything else\n");
    byte[] whole =
        Files.readAllBytes(Typed.train(folder.resolve("run"), "--set=stop.rounds=1").model());
    Path halved = folder.resolve("halved");
    Files.write(halved, Arrays.copyOf(whole, whole.length / 2));
    Path missing = folder.resolve("missing");

    for (Path file : List.of(other, halved, missing)) {
      for (String command : List.of("evaluate", "predict")) {
        Typed.run(command, "--model=" + file).expectOneLine(1, file.toString());
      }
    }
  }
}
