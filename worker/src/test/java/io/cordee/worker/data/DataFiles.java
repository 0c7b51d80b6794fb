package io.cordee.worker.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.model.Activation;
import io.cordee.common.model.Init;
import io.cordee.common.model.Loss;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.model.Output;
import io.cordee.function.Rows;
import io.cordee.worker.data.rows.DataException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

public final class DataFiles {

  private DataFiles() {}

  public static ModelSpec model(int inputs, int outputs, Output output) {
    return new Mlp(
        List.of(inputs, outputs),
        Activation.TANH,
        output,
        Loss.SQUARED_ERROR,
        new Init(Init.Scheme.GLOROT, 1, 0),
        0);
  }

  public static DataFolder folder(Path root) {
    return new DataFolder(root, "");
  }

  /** An IDX file of unsigned bytes. */
  public static byte[] idx(int[] shape, byte[] elements) {
    ByteBuffer file = ByteBuffer.allocate(4 + 4 * shape.length + elements.length);
    file.put(new byte[] {0, 0, 8, (byte) shape.length});
    for (int size : shape) {
      file.putInt(size);
    }
    return file.put(elements).array();
  }

  public static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new AssertionError("memory cannot fail", e);
    }
    return packed.toByteArray();
  }

  public static byte[] gzip(String text) {
    return gzip(text.getBytes(StandardCharsets.UTF_8));
  }

  public static void write(Path folder, String name, byte[] bytes) throws IOException {
    Files.write(folder.resolve(name), bytes);
  }

  public static void write(Path folder, String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  /** [count, features]. */
  public static float[] features(Rows rows) {
    float[] features = new float[rows.count() * rows.features()];
    rows.copyFeatures(0, rows.count(), features);
    return features;
  }

  /** [count, outputs]. */
  public static float[] targets(Rows rows, int outputs) {
    float[] targets = new float[rows.count() * outputs];
    rows.copyTargets(0, rows.count(), targets);
    return targets;
  }

  public static void assertRefused(Supplier<?> action, String... parts) {
    DataException refusal = assertThrows(DataException.class, action::get);
    for (String part : parts) {
      assertTrue(
          refusal.getMessage().contains(part),
          () -> "expected \"" + part + "\" in: " + refusal.getMessage());
    }
    assertEquals(1, refusal.getMessage().lines().count(), refusal.getMessage());
  }
}
