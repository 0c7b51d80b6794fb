package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** What docs/data.md says of tables, and what a refusal says. */
@TestInstance(Lifecycle.PER_CLASS)
class TableTest {

  /** Separable by x + y; z is only noise. */
  private static final List<String> ROWS =
      List.of(
          "0.5,1,3,low", "1,0.5,2,low", "8,9,2.5,high", "9,8,3,high", "0,1,2,low", "7,9,3,high");

  private static final String HEADER = "x,y,z,size";

  @TempDir static Path folder;

  private String expectedScores;

  private static String path(String name) {
    return folder.resolve(name).toString();
  }

  private static String table(String header, List<String> rows) {
    return header + "\n" + rows.stream().map(row -> row + "\n").collect(Collectors.joining());
  }

  private static Ended train(String name, String text, String more) throws IOException {
    Files.writeString(folder.resolve(name + ".csv"), text);
    Files.writeString(
        folder.resolve(name + ".yaml"),
        """
        model: {layers: [3, 4, 2]}
        data:
          train: {format: csv, file: %s.csv, label: size%s}
          preprocess: standardize
        optimizer: {name: rprop, max_step: 0.1}
        partitions: 2
        stop: {rounds: 30}
        """
            .formatted(name, more));
    return Typed.run(
        "train", path(name + ".yaml"), "--in-process", "--quiet", "--out", path("run-" + name));
  }

  private static Ended evaluate(String text) throws IOException {
    return on("evaluate", text);
  }

  private static Ended on(String command, String text) throws IOException {
    Path rows = Files.writeString(folder.resolve("rows.csv"), text);
    return Typed.run(
        command, "--model", path("run-good/model.safetensors"), "--data", rows.toString());
  }

  @BeforeAll
  void trainOnAGoodTable() throws IOException {
    train("good", table(HEADER, ROWS), "").expectSuccess();
    Ended scores = evaluate(table(HEADER, ROWS)).expectSuccess();
    scores.expectOut("accuracy  1.0000");
    expectedScores = scores.out();
  }

  @Test
  void cellsMayHaveQuotesAndSpacesAroundThem() throws IOException {
    List<String> quoted =
        ROWS.stream().map(row -> "\"" + row.replace(",", "\" , \"") + "\"").toList();
    assertEquals(expectedScores, evaluate(table(HEADER, quoted)).expectSuccess().out());
  }

  private static List<String> replaced(int index, String row) {
    List<String> rows = new ArrayList<>(ROWS);
    rows.set(index, row);
    return rows;
  }

  @Test
  void allWrongRowsAreToldAtOnce() throws IOException {
    List<String> rows = replaced(1, "1,0.5,2,middle");
    rows.set(3, "9,?,3,high");
    evaluate(table(HEADER, rows)).expect(1, "line 3, column 'size'", "line 5, column 'y'");
    Ended predicted = on("predict", table("x,y,z", List.of("a,1,1", "1,b,1")));
    predicted.expectErr("line 2, column 'x'", "line 3, column 'y'");
  }

  @Test
  void cellsAreCheckedInTrainingToo() throws IOException {
    train("empty", table(HEADER, replaced(2, "8,,2.5,high")), "")
        .expect(1, "line 4, column 'y': expected a finite 32-bit number; found ''");
    Ended labels = train("labels", table(HEADER, replaced(1, "1,0.5,2,middle")), "");
    labels.expectErr(
        "expected 2 classes, since the model has 2 outputs; found 3 labels: high, low, middle");
  }

  @Test
  void allMistakesOfATableAreToldAtOnce() throws IOException {
    List<String> rows = new ArrayList<>(ROWS);
    rows.set(1, "1,half,2,low");
    rows.set(3, "9,8,3");
    for (String preprocess : List.of("", ", preprocess: standardize")) {
      Files.writeString(folder.resolve("mistakes.csv"), table(HEADER, rows));
      Files.writeString(
          folder.resolve("mistakes.yaml"),
          "model: {layers: [3, 2]}\npartitions: 2\ndata: {train: {format: csv, file: mistakes.csv, label: size, classes: [low, high]}%s}"
              .formatted(preprocess));
      Ended ended = Typed.run("train", path("mistakes.yaml"), "--out", path("none"));
      ended.expect(1);
      for (String part :
          List.of(
              "line 3, column 'y'",
              "found 'half'",
              "line 5: expected 4",
              "2 rows are wrong",
              "list a column of texts in data.preprocess.categories")) {
        ended.expectErr(part);
      }
      assertTrue(Files.notExists(folder.resolve("none")));
    }
  }

  @Test
  void columnsOfVeryDifferentSizesAreToldOf() throws IOException {
    List<String> rows = ROWS.stream().map(row -> row.replaceFirst(",", ",100")).toList();
    Files.writeString(folder.resolve("sizes.csv"), table(HEADER, rows));
    Files.writeString(
        folder.resolve("sizes.yaml"),
        "model: {layers: [3, 2]}\npartitions: 2\nstop: {rounds: 1}\n"
            + "data: {train: {format: csv, file: sizes.csv, label: size, classes: [low, high]}}");
    Ended ended =
        Typed.run("train", path("sizes.yaml"), "--in-process", "--out", path("sizes"))
            .expectSuccess();
    assertTrue(
        (ended.out() + ended.err()).contains("columns differ in size: y reaches 1010, z only 3;"),
        ended::toString);
  }

  @Test
  void rowsMayComeOnStandardInput() throws IOException {
    java.io.InputStream before = System.in;
    try {
      System.setIn(
          new java.io.ByteArrayInputStream(
              table(HEADER, ROWS).getBytes(java.nio.charset.StandardCharsets.UTF_8)));
      Ended scores = Typed.run("evaluate", "--model", path("run-good"), "--data", "-");
      assertTrue(scores.expectSuccess().out().contains("accuracy  1.0000"), scores::toString);
      scores.expectOut(" rows of standard input\n");
      System.setIn(new java.io.ByteArrayInputStream((HEADER + "\n1,none,3,1\n").getBytes()));
      Ended refused = Typed.run("predict", "--model", path("run-good"), "--data", "-");
      refused.expect(1);
      assertTrue(refused.err().startsWith("standard input, line 2, column '"), refused::toString);
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void predictDoesWithoutLabels() throws IOException {
    String full = on("predict", table(HEADER, ROWS)).expectSuccess().out();
    List<String> bare = ROWS.stream().map(row -> row.substring(0, row.lastIndexOf(','))).toList();
    assertEquals(full, on("predict", table("x,y,z", bare)).expectSuccess().out());
  }

  @Test
  void predictTellsOfStringsNotSeenInTrainingAndOfFilledCells() throws IOException {
    Files.writeString(folder.resolve("sea.csv"), "island,mass,kind\nDream,1,a\nBiscoe,2,b\n");
    Files.writeString(
        folder.resolve("sea.yaml"),
        "model: {layers: [4, 2]}\npartitions: 2\noptimizer: gd\nstop: {rounds: 1}\n"
            + "data: {train: {format: csv, file: sea.csv, label: kind},"
            + " preprocess: {categories: [island], unknown: other, missing: mean}}\n");
    Typed.run(
            "train",
            path("sea.yaml"),
            "--in-process",
            "--quiet",
            "--workers=1",
            "--out",
            path("sea"))
        .expectSuccess();
    Files.writeString(folder.resolve("rows.csv"), "island,mass\nMars,1\nMars,\nDream,2\n");
    Ended ended =
        Typed.run("predict", "--model", path("sea"), "--data", path("rows.csv")).expectSuccess();
    assertEquals(
        "warning: 2 rows have strings not seen in training (column island: Mars);"
            + " 1 input had no value and got the usual one\n",
        ended.err());
    assertEquals("", Typed.run("predict", "--model", path("sea"), "--data", path("sea.csv")).err());
  }

  @Test
  void aWrongLabelIsAnsweredWithTheColumnThatWasMeant() throws IOException {
    train("label", table("x,y,z,sise", ROWS), "")
        .expectOneLine(1, "expected the label or target column 'size'", "did you mean 'sise'?");
  }

  @Test
  void otherSeparatorsAreForTheJobToName() throws IOException {
    String text = table(HEADER, ROWS).replace(",", ";");
    train("semicolons", text, ", separator: ';'").expectSuccess();
    train("commas", text, "").expect(1);
  }
}
