package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.cordee.cli.process.Ended;
import io.cordee.cli.process.InFolder;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Two classes, separated at another probability than ½. */
class ThresholdTest extends InFolder {

  /** Probabilities for yes of 0.9, 0.8, 0.6, 0.3 and 0.1: x is ln(p / (1 - p)). */
  private static final String ROWS =
      """
      x,label
      2.1972246,yes
      1.3862944,no
      0.4054651,no
      -0.8472979,yes
      -2.1972246,no
      """;

  private static final String DATA =
      "data: {train: {format: csv, file: t.csv, label: label, classes: [no, yes]}}\n";

  private void trained(String model, String data, float... parameters) throws IOException {
    String yaml = "model: " + model + "\noptimizer: {name: gd}\n" + data;
    Job job = JobFile.parse(yaml, "job.yaml", List.of());
    ModelFile.write(
        folder.resolve("model.safetensors"),
        job.model(),
        parameters,
        Map.of("job", JobFile.write(job)));
  }

  private Ended run(String command, String... more) throws IOException {
    Path rows = write("rows.csv", ROWS);
    String model = path("model.safetensors");
    List<String> first = List.of(command, "--model", model, "--data", rows.toString());
    return Typed.run(first, more);
  }

  private JsonObject evaluated(String... more) throws IOException {
    String[] all = Stream.concat(Stream.of("--json"), Stream.of(more)).toArray(String[]::new);
    String out = run("evaluate", all).expectSuccess().out();
    return JsonParser.parseString(out).getAsJsonObject();
  }

  @Test
  void predictionsAreOfTheClassFromTheThresholdOn() throws IOException {
    for (String layers : List.of("[1, 1], output: sigmoid", "[1, 2]")) {
      boolean isOne = layers.startsWith("[1, 1]");
      trained(
          "{layers: " + layers + "}", DATA, isOne ? new float[] {1, 0} : new float[] {0, 1, 0, 0});
      assertEquals("yes yes yes no no", labels());
      assertEquals("yes yes yes yes no", labels("--threshold=0.25"));
      assertEquals("yes no no no no", labels("--threshold=0.85"));
      assertEquals("yes yes yes yes yes", labels("--threshold=0"));
      assertEquals("no no no no no", labels("--threshold=1"));
    }
  }

  private String labels(String... more) throws IOException {
    List<String> lines = run("predict", more).expectSuccess().out().lines().skip(1).toList();
    return String.join(" ", lines.stream().map(line -> line.split(",")[2]).toList());
  }

  /** Worked out by hand from the five rows. */
  @Test
  void figuresFollowTheThreshold() throws IOException {
    trained("{layers: [1, 1], output: sigmoid}", DATA, 1, 0);
    JsonObject usual = evaluated();
    assertEquals("[[1,2],[1,1]]", usual.get("confusion").toString());
    JsonObject low = evaluated("--threshold=0.25");
    assertEquals("[[1,2],[0,2]]", low.get("confusion").toString());
    assertEquals(3 / 5.0, low.get("accuracy").getAsDouble(), 1e-12);
    assertEquals((1 + 2 / 4.0) / 2, low.get("precision").getAsDouble(), 1e-12);
    assertEquals((1 / 3.0 + 1) / 2, low.get("recall").getAsDouble(), 1e-12);
    assertEquals((2 / 4.0 + 4 / 6.0) / 2, low.get("f1").getAsDouble(), 1e-12);
    // Of the six pairs of yes and no, 0.9 wins three, and 0.3 one.
    assertEquals(4 / 6.0, low.get("auc").getAsDouble(), 1e-12);
    assertEquals(usual.get("loss"), low.get("loss"));
    run("evaluate", "--threshold=0.25").expectSuccess().expectOut("accuracy  0.6000 (3 rows)");
  }

  @Test
  void anEvaluationHasTheCurvesOfTheSecondClass() throws IOException {
    trained("{layers: [1, 1], output: sigmoid}", DATA, 1, 0);
    JsonArray curves = evaluated().getAsJsonArray("curves");
    assertEquals(1, curves.size());
    JsonObject yes = curves.get(0).getAsJsonObject();
    assertEquals("yes", yes.get("class").getAsString());
    assertEquals(4 / 6.0, yes.get("auc").getAsDouble(), 1e-12);
    assertEquals((1 + 2 / 4.0) / 2, yes.get("average_precision").getAsDouble(), 1e-12);
    String roc =
        "[[0.0,0.0],[0.0,0.5],[0.3333333333333333,0.5],[0.6666666666666666,0.5],[0.6666666666666666,1.0],[1.0,1.0]]";
    assertEquals(roc, yes.get("roc").toString());
  }

  @Test
  void ofMoreClassesEachHasCurvesAgainstTheRest() throws IOException {
    trained(
        "{layers: [1, 3]}",
        "data: {train: {format: csv, file: t.csv, label: label, classes: [no, yes, never]}}\n",
        0,
        1,
        -9,
        0,
        0,
        0);
    JsonArray curves = evaluated().getAsJsonArray("curves");
    assertEquals(2, curves.size(), "no row is of the third class");
    // The outputs for no fall with x: it wins where those for yes do.
    assertEquals(4 / 6.0, curves.get(0).getAsJsonObject().get("auc").getAsDouble(), 1e-12);
    assertEquals("yes", curves.get(1).getAsJsonObject().get("class").getAsString());
  }

  @Test
  void modelsThatHaveNoUseForItRefuseIt() throws IOException {
    trained("{layers: [1, 1], output: sigmoid}", DATA, 1, 0);
    for (String wrong : List.of("-0.1", "1.5", "NaN")) {
      assertRefused("--threshold: expected 0 to 1; found " + wrong, "--threshold=" + wrong);
    }
    trained("{layers: [1, 2], output: linear, loss: squared-error}", DATA, 0, 1, 0, 0);
    assertRefused(
        "probabilities of two classes; found 2 outputs that are values", "--threshold=0.5");
    trained("{layers: [1, 3]}", DATA.replace("[no", "[never, no"), 0, 1, 0, 0, 0, 0);
    assertRefused("found 3 outputs that are probabilities", "--threshold=0.5");
    String targets = "data: {train: {format: csv, file: t.csv, targets: [label]}}\n";
    trained("{layers: [1, 1], output: linear}", targets, 1, 0);
    assertRefused("found 1 output that is a value", "--threshold=0.5");
  }

  private void assertRefused(String why, String option) throws IOException {
    for (String command : List.of("evaluate", "predict")) {
      run(command, option).expect(2, why);
    }
  }

  // ---- the end of a training ----

  /** Of 400 rows, one in ten is of the second class, and lies a little higher. */
  private Path job(String split) throws IOException {
    Random random = new Random(7);
    StringBuilder rows = new StringBuilder("x,label\n");
    for (int i = 0; i < 400; i++) {
      boolean isRare = i % 10 == 0;
      rows.append(random.nextGaussian() + (isRare ? 1.5 : 0)).append(isRare ? ",rare\n" : ",ok\n");
    }
    write("t.csv", rows);
    return write(
        "job.yaml",
        "model: {layers: [1, 1], output: sigmoid}\n"
            + "data: {train: {format: csv, file: t.csv, label: label, classes: [ok, rare]}"
            + split
            + "}\noptimizer: {name: rprop}\nstop: {rounds: 30}\n");
  }

  private Ended train(Path job) {
    return Typed.run("train", "--in-process", "--out=" + folder.resolve("run"), job.toString())
        .expectSuccess();
  }

  private String text(String file) throws IOException {
    return Files.readString(folder.resolve("run").resolve(file));
  }

  private JsonObject evaluation() throws IOException {
    return JsonParser.parseString(text("evaluation.json")).getAsJsonObject();
  }

  private JsonObject json(String... more) {
    List<String> first = List.of("evaluate", "--json", "--model=" + folder.resolve("run"));
    String out = Typed.run(first, more).expectSuccess().out();
    return JsonParser.parseString(out).getAsJsonObject();
  }

  private double f1(String threshold) {
    JsonArray confusion =
        json("--part=validation", "--threshold=" + threshold).getAsJsonArray("confusion");
    double right = confusion.get(1).getAsJsonArray().get(1).getAsDouble();
    double missed = confusion.get(1).getAsJsonArray().get(0).getAsDouble();
    double wrong = confusion.get(0).getAsJsonArray().get(1).getAsDouble();
    return 2 * right / (2 * right + missed + wrong);
  }

  @Test
  void theThresholdWithTheBestF1IsThatOfTheValidationRows() throws IOException {
    Ended ended = train(job(", split: {validation: 0.3, test: 0.3}"));
    JsonObject best = evaluation().getAsJsonObject("best_threshold");
    String threshold = best.get("threshold").getAsString();
    double f1 = best.get("f1").getAsDouble();
    assertEquals(f1, f1(threshold), 1e-12);
    for (int percent = 0; percent <= 100; percent++) {
      assertTrue(f1(Double.toString(percent / 100.0)) <= f1 + 1e-12, percent + " %");
    }
    String words =
        "threshold %s gives the best F1 for class rare on the validation rows: %.3f; use it with: cordee evaluate (or predict) --model %s --threshold %s"
            .formatted(threshold, f1, folder.resolve("run"), threshold);
    ended.expectOut(words);
    assertEquals(json("--part=test").get("curves"), evaluation().get("curves"));
    String report = text("report.html");
    assertTrue(report.contains("--threshold " + threshold), "how to use it");
    assertTrue(report.contains("ROC curve") && report.contains("Precision-recall curve"));
  }

  @Test
  void withoutValidationRowsNoThresholdIsNamed() throws IOException {
    Ended ended = train(job(", split: {test: 0.3}"));
    assertFalse(evaluation().has("best_threshold"));
    assertTrue(evaluation().has("curves"));
    assertFalse(ended.out().contains("threshold"), ended.out());
    assertFalse(text("report.html").contains("--threshold"));
  }
}
