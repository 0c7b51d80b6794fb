package io.cordee.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.cordee.cli.process.Ended;
import io.cordee.cli.process.Run;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class NpyTest {

  private static final int ROWS = 60;
  private static final int WIDTH = 6;

  @TempDir static Path folder;

  private static String path(String name) {
    return folder.resolve(name).toString();
  }

  static byte[] npy(String type, String shape, byte[] elements) {
    String dictionary =
        "{'descr': '%s', 'fortran_order': False, 'shape': %s, }".formatted(type, shape);
    ByteBuffer file =
        ByteBuffer.allocate(10 + dictionary.length() + elements.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    file.put("\u0093NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1));
    file.putShort((short) dictionary.length());
    return file.put(dictionary.getBytes(StandardCharsets.ISO_8859_1)).put(elements).array();
  }

  private static byte pixel(int i) {
    return (byte) (i * i * 7 % 253);
  }

  private static byte label(int row) {
    return (byte) (row * row % 3);
  }

  @BeforeAll
  void trainOnBoth() throws IOException {
    ByteBuffer images = ByteBuffer.allocate(16 + ROWS * WIDTH);
    images.putInt(0x00000803).putInt(ROWS).putInt(2).putInt(WIDTH / 2);
    ByteBuffer labels = ByteBuffer.allocate(8 + ROWS).putInt(0x00000801).putInt(ROWS);
    ByteBuffer floats = ByteBuffer.allocate(4 * ROWS * WIDTH).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer longs = ByteBuffer.allocate(8 * ROWS);
    for (int i = 0; i < ROWS * WIDTH; i++) {
      images.put(pixel(i));
      floats.putFloat(pixel(i) & 0xff);
    }
    for (int row = 0; row < ROWS; row++) {
      labels.put(label(row));
      longs.putLong(label(row));
    }
    write("images", images.array());
    write("labels", labels.array());
    byte[] pixels = new byte[ROWS * WIDTH];
    images.get(16, pixels);
    write("bytes.npy", npy("|u1", "(60, 2, 3)", pixels));
    write("floats.npy", npy("<f4", "(60, 6)", floats.array()));
    write("labels.npy", npy(">i8", "(60,)", longs.array()));
    train("idx", "idx, features: images, labels: labels").expectSuccess();
    train("bytes", "npy, features: bytes.npy, labels: labels.npy").expectSuccess();
    train("floats", "npy, features: floats.npy, labels: labels.npy").expectSuccess();
  }

  private static void write(String name, byte[] bytes) throws IOException {
    Files.write(folder.resolve(name), bytes);
  }

  private static Ended train(String name, String format, String... more) throws IOException {
    Files.writeString(
        folder.resolve(name + ".yaml"),
        """
        model: {layers: [6, 4, 3]}
        data:
          train: {format: %s, scale: 255}
          split: {validation: 0.2, test: 0.2, seed: 1}
        optimizer: {name: rprop, max_step: 0.1}
        partitions: 4
        stop: {rounds: 20}
        """
            .formatted(format));
    return Typed.run(
        List.of("train", path(name + ".yaml"), "--in-process", "--quiet", "--out", path(name)),
        more);
  }

  private static List<String> digests(String run) {
    return new Run(folder.resolve(run)).digests();
  }

  /** Without the path of the rows. */
  private static String said(String command, String model, String... more) {
    Ended ended = Typed.run(List.of(command, "--model", path(model)), more).expectSuccess();
    assertEquals("", ended.err());
    return ended.out().replaceFirst("rows of .*", "rows");
  }

  @Test
  void digestsAreThoseOfTheSameRowsInIdxFiles() throws IOException {
    assertEquals(21, digests("idx").stream().distinct().count());
    assertEquals(digests("idx"), digests("bytes"));
    assertEquals(digests("idx"), digests("floats"));
  }

  @Test
  void modelsTakeRowsOfTheirJobAndOthers() {
    for (String command : List.of("evaluate", "predict")) {
      String held = said(command, "idx");
      String all = said(command, "idx", "--data", path("images"), "--labels", path("labels"));
      for (String model : List.of("bytes", "floats")) {
        assertEquals(held, said(command, model));
        assertEquals(
            all, said(command, model, "--data", path("bytes.npy"), "--labels", path("labels.npy")));
      }
    }
  }

  @Test
  void targetsAreTrainedOn() throws IOException {
    ByteBuffer targets = ByteBuffer.allocate(8 * ROWS).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < ROWS; row++) {
      targets.putDouble(row / 10.0);
    }
    write("targets.npy", npy("<f8", "(60,)", targets.array()));
    train(
            "values",
            "npy, features: bytes.npy, targets: targets.npy",
            "--set=model={layers: [6, 1], output: linear}")
        .expectSuccess();
    assertEquals(
        said("evaluate", "values", "--data", path("bytes.npy"), "--targets", path("targets.npy")),
        said("evaluate", "values", "--data", path("bytes.npy"), "--labels", path("targets.npy")));
  }

  @Test
  void rowsAreLookedAtBeforeAnythingIsMade() throws IOException {
    ByteBuffer floats = ByteBuffer.allocate(4 * ROWS * WIDTH).order(ByteOrder.LITTLE_ENDIAN);
    floats.putFloat(4 * (7 * WIDTH + 2), Float.POSITIVE_INFINITY);
    write("wrong.npy", npy("<f4", "(60, 6)", floats.array()));
    train("wrong", "npy, features: wrong.npy, labels: labels.npy")
        .expectFailure(
            "wrong.npy, row 7 (from 0), column 2: expected a finite 32-bit number; found Infinity");
    assertFalse(Files.exists(folder.resolve("wrong")), "nothing is made");
  }
}
