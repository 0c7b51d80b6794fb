package io.cordee.worker.data;

import static io.cordee.worker.data.DataFiles.assertRefused;
import static io.cordee.worker.data.DataFiles.features;
import static io.cordee.worker.data.DataFiles.folder;
import static io.cordee.worker.data.DataFiles.gzip;
import static io.cordee.worker.data.DataFiles.model;
import static io.cordee.worker.data.DataFiles.targets;
import static io.cordee.worker.data.DataFiles.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.model.Output;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.PartitionRows;
import io.cordee.worker.model.ListedRows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LibSvmSourceTest {

  private static final String TEXT =
      "# a comment\n+1 1:0.5 3:-2 # and another\n\n-1 2:4\n+1\n-1 3:1 1:8\n";

  @TempDir Path folder;

  private DataSource open(String text, int inputs, int outputs, Output output, String... classes) {
    return open(text.getBytes(StandardCharsets.UTF_8), inputs, outputs, output, classes);
  }

  private DataSource open(byte[] file, int inputs, int outputs, Output output, String... classes) {
    try {
      write(folder, "rows.svm", file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return DataSources.open(
        new SourceSpec.LibSvm("rows.svm", List.of(classes), 2),
        model(inputs, outputs, output),
        folder(folder));
  }

  @Test
  void rowsAreDenseWithZerosForWhatIsNotGiven() {
    for (byte[] file : new byte[][] {TEXT.getBytes(StandardCharsets.UTF_8), gzip(TEXT)}) {
      DataSource source = open(file, 3, 2, Output.SOFTMAX, "-1", "1");
      assertEquals(4, source.rows());
      PartitionRows rows = source.read(0, 4);
      assertArrayEquals(
          new float[] {0.25f, 0, -1, 0, 2, 0, 0, 0, 0, 4, 0, 0.5f}, features(rows), "scale 2");
      assertArrayEquals(new float[] {0, 1, 1, 0, 0, 1, 1, 0}, targets(rows, 2));
      assertTrue(rows.labelled());
      assertArrayEquals(new float[] {0, 2, 0, 0, 0, 0}, features(source.read(1, 3)));
    }
  }

  @Test
  void rowsOfWhichMostIsZeroAreKeptAsLists() {
    DataSource source = open("1 900:1 3:2\n0 1000:4 7:0\n1\n", 1000, 2, Output.SOFTMAX);
    PartitionRows rows = source.read(0, 3);
    assertTrue(rows.sparse(false).isPresent());
    assertTrue(ListedRows.of(rows.select(new int[] {2, 0}), false).isPresent());
    float[] expected = new float[3000];
    expected[899] = 0.5f;
    expected[2] = 1;
    expected[1999] = 2;
    assertArrayEquals(expected, features(rows));
    float[] selected = new float[1000];
    rows.select(new int[] {1, 0}).copyFeatures(1, 1, selected);
    assertArrayEquals(Arrays.copyOf(expected, 1000), selected);
    assertTrue(open(TEXT, 3, 2, Output.SOFTMAX, "-1", "1").read(0, 4).sparse(true).isEmpty());
  }

  @Test
  void withoutClassesLabelsAreClassIndices() {
    PartitionRows rows = open("2 1:1\n0 1:1\n", 1, 3, Output.SOFTMAX).read(0, 2);
    assertArrayEquals(new float[] {0, 0, 1, 1, 0, 0}, targets(rows, 3));
    assertRefused(
        () -> open("0 1:1\n1 1:1\n-1 1:1\n", 1, 2, Output.SOFTMAX).read(0, 3),
        "rows.svm, line 3, label",
        "from 0 to 1; found '-1'",
        "classes");
  }

  @Test
  void labelsNameTheClasses() {
    DataSource source = open("+1 1:1\n-1 1:1\n1 1:1\n", 1, 2, Output.SOFTMAX);
    assertArrayEquals(new float[] {0, 1, 1, 0, 0, 1}, targets(source.read(0, 3), 2));
    assertEquals(2, source.columns().classNames().size());
  }

  @Test
  void withoutClassesAndWithOneLinearOutputTheLabelIsTheTarget() {
    PartitionRows rows = open("2.5 1:1\n-7 1:1\n", 1, 1, Output.LINEAR).read(0, 2);
    assertFalse(rows.labelled());
    assertArrayEquals(new float[] {2.5f, -7}, targets(rows, 1));
  }

  @Test
  void withOneSigmoidOutputTheLabelIsClassZeroOrOne() {
    PartitionRows rows = open("1 1:1\n0 1:1\n", 1, 1, Output.SIGMOID).read(0, 2);
    assertTrue(rows.labelled());
    assertArrayEquals(new float[] {1, 0}, targets(rows, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "0 0:1, from 1 to 3",
    "0 4:1, found 4",
    "0 -1:1, found -1",
    "0 qid:1, found qid",
    "0 99999999999:1, found 99999999999",
    "0 :1, from 1 to 3",
    "0 1:, found ''",
    "0 1:nan, found 'nan'",
    "0 1:inf, found 'inf'",
    "0 1:2:3, found '2:3'",
    "0 1, expected index:value",
    "0 1:1 1:0, every index once",
    "1:1 2:2, expected the row's label or target before its features; found none"
  })
  void whatIsWrongInALineIsNamedWithIt(String line, String expected) {
    DataSource source = open("0 1:1\n" + line + "\n0 1:1\n", 3, 2, Output.SOFTMAX);
    assertRefused(() -> source.read(0, 3), folder.resolve("rows.svm") + ", line 2", expected);
    assertEquals(1, source.read(2, 3).count(), "other rows stay readable");
  }

  @Test
  void aLongEntryIsShortened() {
    DataSource source = open("0 1:" + "x".repeat(9999) + "\n", 1, 2, Output.SOFTMAX);
    String message = assertThrows(DataException.class, () -> source.read(0, 1)).getMessage();
    assertTrue(message.contains("line 1, '1:xxx") && message.length() < 1000, message);
  }

  @Test
  void aFileWithoutRowsIsRefused() {
    assertRefused(() -> open("# nothing\n\n", 1, 2, Output.SOFTMAX).rows(), "has no rows");
  }

  @Test
  void unlabelledLinesMayBeginWithALabelOrAFeature() throws IOException {
    write(folder, "rows.svm", "1:2 3:4\n? 2:6\n# nothing\n1:0\n");
    DataSource source =
        DataSources.openUnlabelled(
            new SourceSpec.LibSvm("rows.svm", List.of("no", "yes"), 2),
            model(3, 2, Output.SOFTMAX),
            folder(folder),
            Columns.UNKNOWN);
    assertEquals(3, source.rows());
    PartitionRows rows = source.read(0, 3);
    assertArrayEquals(new float[] {1, 0, 2, 0, 3, 0, 0, 0, 0}, features(rows));
    assertFalse(rows.labelled());
    assertThrows(IllegalStateException.class, () -> targets(rows, 2));
  }

  @Test
  void theFirstFeatureOfAnUnlabelledLineIsCheckedLikeOthers() throws IOException {
    write(folder, "rows.svm", "4:1\n1:1 1:2\n");
    DataSource source =
        DataSources.openUnlabelled(
            new SourceSpec.LibSvm("rows.svm", List.of(), 1),
            model(3, 2, Output.SOFTMAX),
            folder(folder),
            Columns.UNKNOWN);
    assertRefused(() -> source.read(0, 1), "line 1, '4:1'", "from 1 to 3");
    assertRefused(() -> source.read(1, 2), "line 2, '1:2'", "every index once");
  }
}
