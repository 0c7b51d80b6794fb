package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.cordee.cli.process.InFolder;
import io.cordee.cli.process.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TablesTest extends InFolder {

  private static final Path TABLES =
      Path.of("..", "examples", "tables").toAbsolutePath().normalize();

  /** The least accuracy or R² that a newcomer may expect of a single split. */
  @ParameterizedTest
  @CsvSource({
    "breast-cancer, diagnosis, 0.95",
    "cars, miles_per_gallon, 0.8",
    "diabetes, progression, 0.3",
    "iris, species, 0.9",
    "penguins, species, 0.95",
    "wine, cultivar, 0.94"
  })
  void theJobOfATableIsTheOneThatInitWritesAndLearnsIt(String table, String label, double least)
      throws IOException {
    Files.copy(TABLES.resolve(table + ".csv"), folder.resolve(table + ".csv"));
    Path job = folder.resolve(table + ".yaml");
    Typed.run("init", folder.resolve(table + ".csv").toString(), "--label=" + label, "--out=" + job)
        .expectSuccess();
    assertEquals(Files.readString(TABLES.resolve(table + ".yaml")), Files.readString(job));
    Run run = Typed.train(folder.resolve("run"), job.toString(), "--workers=1");
    assertTrue(score(run) >= least, () -> table + ": " + score(run));
    Run team = Typed.train(folder.resolve("team"), job.toString(), "--workers=3");
    assertEquals(run.digests(), team.digests());
  }

  private static double score(Run run) {
    String json = Typed.run("evaluate", "--model=" + run.folder(), "--json").expectSuccess().out();
    JsonObject scores = JsonParser.parseString(json).getAsJsonObject();
    return scores.get(scores.has("accuracy") ? "accuracy" : "r2").getAsDouble();
  }

  /** With gaps, texts and scaled targets, ONNX gives the values of {@code predict}. */
  @Test
  void anExportedTableHasItsEncodingWithIt() throws IOException, OrtException {
    write(
        "rows.csv",
        """
        color,size,price
        red,1,10
        blue,,20
        red,3,35
        green,8,80
        blue,5,52
        """);
    write(
        "job.yaml",
        """
        model: {layers: [5, 4, 1], output: linear}
        data:
          train: {format: csv, file: rows.csv, targets: [price]}
          preprocess: {scale: standardize, missing: mean, indicator: true, categories: [color], targets: standardize}
        partitions: 2
        stop: {rounds: 20}
        """);
    String job = path("job.yaml");
    Typed.run("compare", job, "--vary=optimizer=gd,rprop", "--out=" + folder.resolve("compared"))
        .expectSuccess();
    Run run = Typed.train(folder.resolve("run"), job);
    List<String> predicted =
        Typed.run("predict", "--model=" + run.folder()).expectSuccess().out().lines().toList();
    String page = Files.readString(run.folder().resolve("report.html"));
    assertTrue(page.contains("<td>blue, green, red</td>"), "color");
    assertTrue(page.contains("<td class=\"n\">4.250</td>"), "what takes the place of a gap");
    Path onnx = folder.resolve("model.onnx");
    Typed.run("export", "--model=" + run.folder(), "--inputs=encoded", "--out=" + onnx)
        .expectSuccess();
    float missing = Float.NaN;
    float[][] rows = {
      {0, 0, 1, 1, 0}, {1, 0, 0, missing, 1}, {0, 0, 1, 3, 0}, {0, 1, 0, 8, 0}, {1, 0, 0, 5, 0}
    };
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(onnx.toString());
        OnnxTensor input = OnnxTensor.createTensor(environment, rows);
        OrtSession.Result result =
            session.run(Map.of(session.getInputNames().iterator().next(), input))) {
      float[][] outputs = (float[][]) result.get(0).getValue();
      for (int row = 0; row < rows.length; row++) {
        float expected = Float.parseFloat(predicted.get(1 + row).split(",")[1]);
        assertEquals(expected, outputs[row][0], 1e-3f * Math.abs(expected));
      }
      assertEquals(
          "[\"color = blue\",\"color = green\",\"color = red\",\"size\",\"size is missing\"]",
          session.getMetadata().getCustomMetadata().get("inputs"));
    }
  }
}
