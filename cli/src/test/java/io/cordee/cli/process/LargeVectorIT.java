package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A vector of a hundred million parameters goes to a worker and comes back as a gradient. */
@Tag("slow")
class LargeVectorIT extends InFolder {

  private static final int WIDTH = 10_000;
  private static final long PARAMETERS = (WIDTH + 1L) * WIDTH + (WIDTH + 1L) * 2;

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
        rule: {name: gd, learning_rate: 1.0e-5}
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
