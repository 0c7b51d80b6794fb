package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.process.Ended;
import io.cordee.cli.process.InFolder;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.model.ModelFile;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Linear models of two inputs, so that outputs can be worked out by hand. */
class PredictCommandTest extends InFolder {

  private static final float[] IDENTITY = {1, 0, 0, 1, 0, 0};

  private static final String TO_TWO =
      "model: {layers: [2, 2], output: linear, loss: squared-error}\noptimizer: {name: gd}\n";
  private static final String TO_ONE =
      "model: {layers: [2, 1], output: linear, loss: squared-error}\noptimizer: {name: gd}\n";

  private Ended run(String command, Path rows, String... more) {
    String model = path("model.safetensors");
    List<String> first = List.of(command, "--model", model, "--data", rows.toString());
    return Typed.run(first, more);
  }

  private void trained(float[] parameters, String yaml) throws IOException {
    Job job = JobFile.parse(yaml, "job.yaml", List.of());
    ModelFile.write(
        folder.resolve("model.safetensors"),
        job.model(),
        parameters,
        Map.of("job", JobFile.write(job)));
  }

  private static void assertPrinted(String expected, Ended result) {
    assertEquals(expected, result.expectSuccess().out());
    assertEquals("", result.err());
  }

  @Test
  void rowsWithOrWithoutTheirLabelsGiveTheSame() throws IOException {
    trained(IDENTITY, TO_TWO + "data: {train: {format: csv, file: t.csv, label: kind}}\n");
    String expected = "row,class,output0,output1\n0,0,2.0,1.0\n1,1,-1.0,0.5\n";
    assertPrinted(expected, run("predict", write("bare.csv", "x,y\n2,1\n-1,0.5\n")));
    assertPrinted(expected, run("predict", write("full.csv", "x,kind,y\n2,1,1\n-1,0,0.5\n")));
  }

  @Test
  void ignoredColumnsAreCopied() throws IOException {
    trained(
        IDENTITY,
        TO_TWO + "data: {train: {format: csv, file: t.csv, label: kind, ignore: [id, when]}}\n");
    String header = "row,id,class,output0,output1\n";
    assertPrinted(
        header + "0,\"a, b\",0,2.0,1.0\n1,,1,-1.0,0.5\n",
        run("predict", write("rows.csv", "x,id,y\n2,\"a, b\",1\n-1,,0.5\n")));
    assertPrinted(
        "row,id,class,output0,output1\n0,7,0,2.0,1.0\n",
        run("predict", write("once.csv", "x,id,y\n2,7,1\n"), "--id=id"));
    assertPrinted(
        "row,class,output0,output1\n0,0,2.0,1.0\n",
        run("predict", write("bare.csv", "x,y\n2,1\n")));
  }

  @Test
  void anyColumnIsCopiedAsTheIdThatIsAskedFor() throws IOException {
    trained(IDENTITY, TO_TWO + "data: {train: {format: csv, file: t.csv, label: kind}}\n");
    Path rows = write("full.csv", "x,kind,y\n2,\"b,1\",1\n");
    assertPrinted(
        "row,kind,class,output0,output1\n0,\"b,1\",0,2.0,1.0\n",
        run("predict", rows, "--id", "kind"));
    assertPrinted("row,x,class,output0,output1\n0,2,0,2.0,1.0\n", run("predict", rows, "--id=x"));
    run("predict", rows, "--id=kin")
        .expectOneLine(1, "expected the id column 'kin'", "did you mean 'kind'?");
  }

  @Test
  void heldOutRowsHaveTheirNumbersInTheFile() throws IOException {
    trained(
        IDENTITY,
        TO_TWO
            + "data: {train: {format: csv, file: t.csv, label: kind}, split: {test: 0.5, stratify: false}}\n");
    write("t.csv", "x,kind,y\n0,0,0\n1,0,0\n2,0,0\n3,0,0\n");
    String model = path("model.safetensors");
    for (String part : List.of("train", "test")) {
      List<String> lines =
          Typed.run("predict", "--model", model, "--data=" + folder, "--id=x", "--part=" + part)
              .expectSuccess()
              .out()
              .lines()
              .skip(1)
              .toList();
      assertEquals(2, lines.size());
      for (String line : lines) {
        assertEquals(line.split(",")[0], line.split(",")[1], line);
      }
    }
  }

  @Test
  void rowsAreReadWithTheJobsSeparatorAndScale() throws IOException {
    trained(
        IDENTITY,
        TO_TWO
            + "data: {train: {format: csv, file: t.csv, header: false, separator: ';', label: 0,"
            + " scale: 2}}\n");
    assertPrinted(
        "row,class,output0,output1\n0,1,1.0,2.0\n", run("predict", write("rows.csv", "2;4\n")));
  }

  @Test
  void classesThatTheJobGivesAsTextsArePrinted() throws IOException {
    trained(
        IDENTITY,
        TO_TWO
            + "data: {train: {format: csv, file: t.csv, label: kind,"
            + " classes: [ham, 'spam, \"bad\"']}}\n");
    assertPrinted(
        "row,class,label,output_ham,\"output_spam, \"\"bad\"\"\"\n0,0,ham,1.0,0.0\n1,1,\"spam, \"\"bad\"\"\",0.0,1.0\n",
        run("predict", write("rows.csv", "x,y\n1,0\n0,1\n")));
  }

  @Test
  void aRegressionHasNoClass() throws IOException {
    trained(
        new float[] {2, 3, 1},
        TO_ONE + "data: {train: {format: csv, file: t.csv, targets: [z]}}\n");
    assertPrinted("row,output0\n0,9.0\n", run("predict", write("rows.csv", "x,y\n1,2\n")));
  }

  @Test
  void linesInLibSvmNeedNoLabel() throws IOException {
    trained(
        IDENTITY, TO_TWO + "data: {train: {format: libsvm, file: t.svm, classes: ['-1', '+1']}}\n");
    assertPrinted(
        "row,class,label,output_-1,output_+1\n0,0,-1,3.0,0.0\n1,1,+1,0.0,4.0\n",
        run("predict", write("rows.svm", "1:3\n-1 2:4\n")));
  }

  @Test
  void imagesNeedNoLabels() throws IOException {
    trained(
        IDENTITY,
        TO_TWO + "data: {train: {format: idx, features: t-images, labels: t-labels, scale: 2}}\n");
    byte[] images = {0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 8};
    Path rows = Files.write(folder.resolve("images"), images);
    assertPrinted("row,class,output0,output1\n0,1,0.5,4.0\n", run("predict", rows));
    run("evaluate", rows).expectOneLine(2, "images", "expected --labels FILE too");
  }

  @Test
  void arraysNeedNoLabelsOrTargets() throws IOException {
    byte[] elements = NpyTest.npy("|u1", "(1, 2)", new byte[] {1, 8});
    Path rows = Files.write(folder.resolve("x.npy"), elements);
    trained(
        IDENTITY, TO_TWO + "data: {train: {format: npy, features: t.npy, labels: l, scale: 2}}\n");
    assertPrinted("row,class,output0,output1\n0,1,0.5,4.0\n", run("predict", rows));
    run("evaluate", rows).expectOneLine(2, "x.npy", "expected --labels FILE too");
    trained(
        new float[] {2, 3, 1}, TO_ONE + "data: {train: {format: npy, features: t, targets: t}}\n");
    assertPrinted("row,output0\n0,27.0\n", run("predict", rows));
    run("evaluate", rows).expectOneLine(2, "x.npy", "expected --targets FILE too");
  }

  @Test
  void otherDigitsAreCsvOfSixtyFourPixels() throws IOException {
    Job job =
        JobFile.parse(
            "model: {layers: [64, 10]}\ndata: digits\noptimizer: {name: gd}\n",
            "job.yaml",
            List.of());
    float[] parameters = new float[job.model().layout().parameters()];
    parameters[parameters.length - 3] = 5;
    trained(parameters, JobFile.write(job));
    String pixels = "0,".repeat(63) + "16";
    Ended bare = run("predict", write("mine.csv", pixels + "\n"));
    assertTrue(bare.out().lines().toList().get(1).startsWith("0,7,"), bare.out() + bare.err());
    assertPrinted(bare.out(), run("predict", write("labelled.csv", pixels + ",3\n")));
    run("evaluate", write("mine.csv", pixels + "\n"))
        .expectOneLine(1, "the label or target column '64'", "label");
    assertEquals(0, run("evaluate", write("labelled.csv", pixels + ",3\n")).exitCode());
  }

  @Test
  void evaluateSaysThatLabelsAreMissing() throws IOException {
    trained(IDENTITY, TO_TWO + "data: {train: {format: csv, file: t.csv, label: kind}}\n");
    run("evaluate", write("rows.csv", "x,y\n2,1\n"))
        .expectOneLine(1, "rows.csv: expected the label or target column 'kind'; found x, y");
    trained(
        IDENTITY, TO_TWO + "data: {train: {format: csv, file: t.csv, header: false, label: 1}}\n");
    run("evaluate", write("rows.csv", "2,1\n")).expectOneLine(1, "found 2: the label is missing");
    trained(IDENTITY, TO_TWO + "data: {train: {format: libsvm, file: t.svm, classes: [a, b]}}\n");
    run("evaluate", write("rows.svm", "1:3\n"))
        .expectOneLine(1, "line 1", "expected the row's label");
  }

  @Test
  void aResultThatIsNotWrittenInFullIsAFailure() throws IOException {
    trained(IDENTITY, TO_TWO + "data: {train: {format: csv, file: t.csv, label: kind}}\n");
    Path rows = write("rows.csv", "x,y,kind\n2,1,0\n");
    for (String command : List.of("predict", "evaluate")) {
      PipedInputStream reader = new PipedInputStream();
      OutputStream pipe = new PipedOutputStream(reader);
      reader.close();
      try (OutputStream full = new FileOutputStream("/dev/full")) {
        for (OutputStream out : List.of(full, pipe)) {
          StringWriter errors = new StringWriter();
          int code =
              Main.commandLine()
                  .setOut(new PrintWriter(out))
                  .setErr(new PrintWriter(errors))
                  .execute(command, "--model", path("model.safetensors"), "--data=" + rows);
          String expected = "standard output: the result could not be written in full";
          assertTrue(errors.toString().startsWith(expected), errors.toString());
          assertEquals(1, errors.toString().lines().count(), errors.toString());
          assertEquals(1, code);
        }
      }
    }
  }

  @Test
  void predictionsAreWrittenToAFile() throws IOException {
    trained(IDENTITY, TO_TWO + "data: {train: {format: csv, file: t.csv, label: kind}}\n");
    Path out = folder.resolve("out.csv");
    assertPrinted("", run("predict", write("rows.csv", "x,y\n2,1\n"), "--out", out.toString()));
    assertEquals(List.of("row,class,output0,output1", "0,0,2.0,1.0"), Files.readAllLines(out));
  }

  @Test
  void aFileThatIsThereIsReplacedOnlyIfAskedFor() throws IOException {
    trained(IDENTITY, TO_TWO + "data: {train: {format: csv, file: t.csv, label: kind}}\n");
    Path rows = write("rows.csv", "x,y\n2,1\n");
    run("predict", rows, "--out", rows.toString())
        .expectOneLine(1, "rows.csv exists already", "--force");
    assertEquals("x,y\n2,1\n", Files.readString(rows));
    Path out = write("out.csv", "old");
    assertPrinted("", run("predict", rows, "--force", "--out", out.toString()));
    assertEquals(List.of("row,class,output0,output1", "0,0,2.0,1.0"), Files.readAllLines(out));
  }
}
