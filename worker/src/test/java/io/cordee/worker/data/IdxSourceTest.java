package io.cordee.worker.data;

import static io.cordee.worker.data.DataFiles.assertRefused;
import static io.cordee.worker.data.DataFiles.features;
import static io.cordee.worker.data.DataFiles.folder;
import static io.cordee.worker.data.DataFiles.idx;
import static io.cordee.worker.data.DataFiles.model;
import static io.cordee.worker.data.DataFiles.write;

import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.model.Output;
import io.cordee.worker.data.rows.DataSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a file of this format, beside what may be wrong with any array. */
class IdxSourceTest {

  private static final byte[] FEATURES = idx(new int[] {6, 2, 2}, new byte[24]);
  private static final byte[] LABELS = idx(new int[] {6}, new byte[6]);

  @TempDir Path folder;

  private DataSource open(byte[] features, byte[] labels) {
    try {
      write(folder, "features", features);
      write(folder, "labels", labels);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return DataSources.open(
        new SourceSpec.Idx("features", "labels", 1), model(4, 3, Output.SOFTMAX), folder(folder));
  }

  @Test
  void aFileOfAnotherKindIsRefused() {
    assertRefused(
        () -> open("no images".getBytes(StandardCharsets.UTF_8), LABELS),
        "features is not an IDX file",
        "found 6e 6f");
  }

  @Test
  void elementsOtherThanUnsignedBytesAreRefused() {
    byte[] floats = FEATURES.clone();
    floats[2] = 0x0d;
    assertRefused(
        () -> open(floats, LABELS), "features", "expected IDX element type 08", "found 0d");
  }

  @Test
  void swappedFilesAreRefusedByTheirDimensions() {
    assertRefused(() -> open(LABELS, FEATURES), "features", "2 or more dimensions", "found 1");
    assertRefused(() -> open(FEATURES, FEATURES), "labels", "1 dimension", "found 3");
  }

  @Test
  void aShapeWhoseProductOverflowsIsRefused() {
    int[] shape =
        IntStream.concat(IntStream.of(6), IntStream.generate(() -> 1 << 16).limit(8)).toArray();
    assertRefused(() -> open(idx(shape, new byte[0]), LABELS), "features", "shape [65536");
  }
}
