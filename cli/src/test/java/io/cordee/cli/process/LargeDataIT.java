package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class LargeDataIT extends InFolder {

  private static final int ROWS = 200_000;
  private static final int WIDTH = 200;

  /** 160 MB of floats, of which the 64 MB to test on would not fit either. */
  @Test
  void aTrainingOfRowsLargerThanTheHeapEndsWithItsReport() throws IOException {
    write("x.npy", "<f4", WIDTH);
    write("y.npy", "|u1", 1);
    write(
        "job.yaml",
        """
        name: large
        model: {layers: [%d, 1], output: sigmoid}
        data:
          train: {format: npy, features: x.npy, labels: y.npy}
          split: {test: 0.4}
        partitions: 16
        stop: {rounds: 2}
        """
            .formatted(WIDTH));
    Path noFolder = Files.createFile(folder.resolve("file")).resolve("below");
    Run inMemory = train("-Xmx1g", "memory", "--cache=" + noFolder);
    Run prepared = train("-Xmx56m", "prepared", "--cache=" + folder.resolve("cache"));
    assertEquals(inMemory.digests(), prepared.digests());
    JsonObject evaluated = evaluation(prepared);
    // To find the most frequent class, many training rows are read again only if they are prepared.
    assertTrue(evaluated.remove("baseline").toString().contains("class '0'"));
    assertEquals(evaluation(inMemory), evaluated);
    assertTrue(Files.exists(prepared.file("report.html")));
    assertEquals(1, prepared.lines("evaluation.json").size());
  }

  private static JsonObject evaluation(Run run) throws IOException {
    return JsonParser.parseString(Files.readString(run.file("evaluation.json"))).getAsJsonObject();
  }

  private Run train(String heap, String run, String cache) {
    Cordee cordee = cordee().with("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", heap);
    return cordee.train(run, "job.yaml", "--data=.", "--workers=2", "--threads=1", cache);
  }

  private void write(String name, String type, int width) throws IOException {
    String shape = width == 1 ? "(%d,)".formatted(ROWS) : "(%d, %d)".formatted(ROWS, width);
    String header = "{'descr': '%s', 'fortran_order': False, 'shape': %s}\n".formatted(type, shape);
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(folder.resolve(name)))) {
      out.writeBytes("\u0093NUMPY\u0001\0");
      out.writeShort(Short.reverseBytes((short) header.length()));
      out.write(header.getBytes(StandardCharsets.ISO_8859_1));
      int size = type.equals("|u1") ? 1 : Float.BYTES;
      ByteBuffer row = ByteBuffer.allocate(width * size).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < ROWS; i++) {
        for (int k = 0; size > 1 && k < width; k++) {
          row.putFloat(k * size, (float) ((i * 31L + k * 17L) % 101) / 100);
        }
        row.put(0, size == 1 ? (byte) (i % 3 / 2) : row.get(0));
        out.write(row.array());
      }
    }
  }
}
