package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Very large vectors. */
@Tag("slow")
class LargeVectorIT extends InFolder {

  private static final int WIDTH = 10_000;
  private static final long PARAMETERS = (WIDTH + 1L) * WIDTH + (WIDTH + 1L) * 2;

  /** To a worker, and back as a gradient. */
  @Test
  void aHundredMillionParametersPass() throws IOException {
    write(
        "job.yaml",
        """
        name: large
        model: {layers: [%d, %d, 2]}
        data:
          train: {format: csv, file: rows.csv, header: false, label: 0}
        partitions: 1
        optimizer: {name: gd, learning_rate: 1.0e-5}
        stop: {rounds: 1}
        """
            .formatted(WIDTH, WIDTH));
    writeRows(2);

    Run run =
        cordee()
            .with("-XX:+UseSerialGC", "-Xmx3g")
            .train("run", "job.yaml", "--data=.", "--workers=1", "--threads=1");

    assertEquals(2, run.measured());
    assertNotEquals(run.digests().get(0), run.digests().get(1));
    assertTrue(run.last().loss() < run.rows().get(0).loss(), "a step downhill");
    assertTrue(Files.size(run.model()) > PARAMETERS * Float.BYTES);
  }

  /** 80 MB of weights, and more of slots and of the version before; few chunks are touched. */
  @Test
  void aTableOfWhichNoServerHoldsMoreThanIsTouchedEndsWithItsBestWeights() throws IOException {
    write("rows.svm", "0 1:1 2:1\n1 3:1 7:1\n0 1:1 7:1\n1 3:1 5000000:1\n");
    write(
        "job.yaml",
        """
        name: table
        model: {layers: [5000000, 4, 1], output: sigmoid, sparse: true}
        data:
          train: {format: libsvm, file: rows.svm, classes: ['0', '1']}
          validation: {format: libsvm, file: rows.svm, classes: ['0', '1']}
        partitions: 2
        optimizer: irprop-
        stop: {rounds: 3}
        """);
    Run whole = trainTable("whole", "-Xmx1g", "--shards=1");
    assertTrue(Files.exists(whole.file("evaluation.json")));
    trainTable("alone", "-Xmx64m", "--set=stop.rounds=1");
    Run alone = cordee().runFolder("alone");
    table("-Xmx64m")
        .run("train", "--quiet", "--resume=alone", "--set=stop.rounds=3", "--workers=2")
        .expectSuccess();
    Run shared = trainTable("shared", "-Xmx64m", "--shards=2");
    for (Run run : List.of(alone, shared)) {
      assertEquals(whole.digests(), run.digests());
      for (String file : List.of("model.safetensors", "best.safetensors")) {
        assertEquals(-1, Files.mismatch(whole.file(file), run.file(file)), file);
      }
      assertTrue(Files.exists(run.file("report.html")));
      assertFalse(Files.exists(run.file("evaluation.json")), "there is no memory for the whole");
    }
  }

  private Cordee table(String heap) {
    return cordee().with("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", heap);
  }

  private Run trainTable(String run, String heap, String option) {
    return table(heap).train(run, "job.yaml", "--data=.", "--workers=2", "--threads=1", option);
  }

  private void writeRows(int count) throws IOException {
    Random random = new Random(1);
    try (BufferedWriter writer = Files.newBufferedWriter(folder.resolve("rows.csv"))) {
      for (int row = 0; row < count; row++) {
        writer.write(Integer.toString(row % 2));
        for (int i = 0; i < WIDTH; i++) {
          writer.write(random.nextBoolean() ? ",1" : ",0");
        }
        writer.newLine();
      }
    }
  }
}
