package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.cordee.cli.process.Ended;
import io.cordee.cli.process.InFolder;
import io.cordee.cli.process.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ONNX files that take the cells of a table give the outputs of {@code predict}. */
class OnnxColumnsTest extends InFolder {

  private static final Path TABLES =
      Path.of("..", "examples", "tables").toAbsolutePath().normalize();

  private Run train(String job) {
    return Typed.train(folder.resolve("run"), job, "--workers=1");
  }

  private String export() {
    Typed.run("export", "--model=" + path("run"), "--out=" + path("model.onnx")).expectSuccess();
    return path("model.onnx");
  }

  private Ended predict(String rows) {
    return Typed.run("predict", "--model=" + path("run"), "--data=" + rows);
  }

  /** Gives each column to the input of its name. */
  private static OrtSession.Result run(OrtSession session, List<String> lines) throws OrtException {
    List<String> names = List.of(lines.get(0).split(","));
    List<String[]> rows = lines.stream().skip(1).map(line -> line.split(",", -1)).toList();
    Map<String, OnnxTensor> inputs = new HashMap<>();
    for (String input : session.getInputNames()) {
      int at = names.indexOf(input);
      TensorInfo type = (TensorInfo) session.getInputInfo().get(input).getInfo();
      Object cells =
          switch (type.type) {
            case DOUBLE ->
                rows.stream().map(row -> new double[] {number(row[at])}).toArray(double[][]::new);
            case STRING ->
                rows.stream().map(row -> new String[] {row[at]}).toArray(String[][]::new);
            default -> throw new AssertionError(input + " is of " + type.type);
          };
      inputs.put(input, OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), cells));
    }
    return session.run(inputs);
  }

  private static double number(String cell) {
    return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
  }

  private void assertGivesThePredictions(List<String> lines) throws IOException, OrtException {
    Path rows = Files.write(folder.resolve("rows.csv"), lines);
    List<String> predicted = predict(rows.toString()).expectSuccess().out().lines().toList();
    int label = List.of(predicted.get(0).split(",")).indexOf("label");
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(export());
        OrtSession.Result result = run(session, lines)) {
      float[][] outputs = (float[][]) result.get("outputs").orElseThrow().getValue();
      assertEquals(label >= 0, result.get("label").isPresent());
      assertEquals(lines.size() - 1, outputs.length);
      for (int row = 0; row < outputs.length; row++) {
        String[] fields = predicted.get(1 + row).split(",");
        int from = fields.length - outputs[row].length;
        for (int k = 0; k < outputs[row].length; k++) {
          float expected = Float.parseFloat(fields[from + k]);
          // Inputs are rounded to floats once, as by predict; then sums of at most 70 products.
          assertEquals(expected, outputs[row][k], 1e-6 + 1e-5 * Math.abs(expected), lines.get(row));
        }
        if (label >= 0) {
          assertEquals(fields[label], ((String[]) result.get("label").get().getValue())[row]);
        }
      }
    }
  }

  /** Numbers, strings, gaps, and targets that are scaled. */
  @ParameterizedTest
  @ValueSource(strings = {"wine", "penguins", "cars", "diabetes", "iris"})
  void theCellsOfATableGoIn(String table) throws IOException, OrtException {
    train(TABLES.resolve(table + ".yaml").toString());
    List<String> lines = new ArrayList<>(Files.readAllLines(TABLES.resolve(table + ".csv")));
    if (table.equals("penguins")) {
      lines.set(1, lines.get(1).replace("Torgersen", "Atlantis"));
      assertTrue(lines.get(1).contains("Atlantis"), lines.get(1));
    }
    assertGivesThePredictions(lines);
  }

  private static final List<String> IDS =
      IntStream.range(0, 60)
          .mapToObj(
              i ->
                  "2024-0%d-1%d,p%d,%s,%s,%s"
                      .formatted(
                          1 + i % 9,
                          i % 10,
                          i % 12,
                          i % 7 == 0 ? "" : "w" + i % 5 + "  the w" + i % 3,
                          i % 4,
                          i % 12 < 6 ? "yes" : "no"))
          .toList();

  private void trainOnIds(String ids, String model, String features) throws IOException {
    Files.write(folder.resolve("train.csv"), List.of("day,place,words,code,late"));
    Files.write(folder.resolve("train.csv"), IDS, java.nio.file.StandardOpenOption.APPEND);
    write(
        "job.yaml",
        """
        model: %s
        data:
          train: {format: csv, file: train.csv, label: late, features: %s}
          ids: %s
          preprocess: {scale: standardize, missing: median, categories: [code]}
        optimizer: irprop-
        partitions: 2
        stop: {rounds: 20}
        """
            .formatted(model, features, ids));
    train(path("job.yaml"));
  }

  /** Known ids and others, no words and doubled ones, codes with and without a point. */
  @ParameterizedTest
  @CsvSource({"mean, '[4, auto]'", "sum, '[4, 1], output: sigmoid'"})
  void idsWordsAndPartsOfDatesGoIn(String pool, String layers) throws IOException, OrtException {
    trainOnIds(
        "{place: {dim: 3}, words: {dim: 2, split: \" \", pool: " + pool + "}}",
        "{layers: " + layers + "}",
        "[day.month, place, words, code]");
    assertGivesThePredictions(
        List.of(
            "place,words,code,day.month",
            "p1,w1 the w1,0,5",
            "new,w2,1.0,1",
            "p11,,2,",
            ",no word  known w4,3,12"));
  }

  @Test
  void aStringThatPredictRefusesIsRefused() throws IOException, OrtException {
    trainOnIds("{place: {dim: 3}}", "{layers: [4, auto]}", "[place, code]");
    List<String> lines = List.of("place,code", "p1,0", "p1,7");
    predict(Files.write(folder.resolve("rows.csv"), lines).toString())
        .expect(1, "expected one of 0, 1, 2, 3", "found '7'");
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(export())) {
      OrtException e = assertThrows(OrtException.class, () -> run(session, lines));
      assertTrue(
          e.getMessage().contains("string of column 'code' that training lacked"), e.getMessage());
    }
  }

  @Test
  void whatNoGraphCanEncodeIsNamedWithTheWayOut() throws IOException {
    trainOnIds("{place: {dim: 3, hash: 50}}", "{layers: [4, auto]}", "[place, code]");
    List<String> export =
        List.of("export", "--model=" + path("run"), "--out=" + path("model.onnx"));
    Typed.run(export).expect(1, "column 'place' is hashed", "--inputs encoded");
    assertFalse(Files.exists(folder.resolve("model.onnx")));
    Typed.run(export, "--inputs=encoded").expectSuccess().expectOut("\"column.place\"");
    Typed.run(export, "--inputs=columns", "--format=npz", "--force").expect(2, "--inputs");
  }

  @Test
  void aColumnMayNotBeCalledAsAnOutput() throws IOException {
    write("train.csv", "outputs,kind\n1,a\n2,b\n3,a\n4,b\n");
    write(
        "job.yaml",
        """
        model: {layers: [1, 2]}
        data: {train: {format: csv, file: train.csv, label: kind}}
        partitions: 1
        stop: {rounds: 2}
        """);
    train(path("job.yaml"));
    Typed.run("export", "--model=" + path("run"), "--out=" + path("model.onnx"))
        .expect(1, "column 'outputs' needs a name", "--inputs encoded");
  }

  @Test
  void withoutNamesRowsGoInAsBefore() throws IOException, OrtException {
    write("train.csv", "1,0,a\n2,4,b\n3,6,a\n4,3,b\n");
    write(
        "job.yaml",
        """
        model: {layers: [2, 2]}
        data: {train: {format: csv, file: train.csv, header: false, label: 2, scale: 2}}
        partitions: 1
        stop: {rounds: 2}
        """);
    train(path("job.yaml"));
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(export())) {
      assertEquals(Optional.of("rows"), session.getInputNames().stream().findFirst());
    }
    Typed.run("export", "--model=" + path("run"), "--out=" + path("b.onnx"), "--inputs=columns")
        .expect(1, "expected a model of a table whose columns have names");
  }

  /** A scale that the job gives is in the graph. */
  @Test
  void numbersThatAreNotPreprocessedGoIn() throws IOException, OrtException {
    write("train.csv", "a,b,kind\n1,0,x\n2,4,y\n3,6,x\n4,3,y\n");
    write(
        "job.yaml",
        """
        model: {layers: [2, 2]}
        data: {train: {format: csv, file: train.csv, label: kind, scale: 2}}
        partitions: 1
        stop: {rounds: 2}
        """);
    train(path("job.yaml"));
    assertGivesThePredictions(List.of("b,a", "1,2", "7,-3"));
  }
}
