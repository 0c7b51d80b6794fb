package io.cordee.worker.data;

import static io.cordee.worker.data.DataFiles.assertRefused;
import static io.cordee.worker.data.DataFiles.folder;
import static io.cordee.worker.data.DataFiles.model;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.data.Columns;
import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.SourceSpec.Part;
import io.cordee.common.job.data.TableFormat;
import io.cordee.common.model.Output;
import io.cordee.worker.data.format.CsvFile;
import io.cordee.worker.data.format.Input;
import io.cordee.worker.data.rows.DataSource;
import io.cordee.worker.data.rows.PartitionRows;
import io.cordee.worker.data.table.TextFile;
import io.cordee.worker.data.table.TextSource;
import io.cordee.worker.data.table.Wanted;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DigitsSourceTest {

  private static DataSource open(Part part) {
    return DataSources.open(
        new SourceSpec.Digits(part), model(64, 10, Output.SOFTMAX), folder(Path.of("nowhere")));
  }

  private static PartitionRows all(Part part) {
    DataSource source = open(part);
    return source.read(0, source.rows());
  }

  @Test
  void thereAre1437RowsToTrainOnAnd360ToTestOn() {
    assertEquals(1437, all(Part.TRAIN).count());
    assertEquals(360, all(Part.TEST).count());
  }

  @ParameterizedTest
  @EnumSource
  void everyDigitIsInBothParts(Part part) {
    PartitionRows rows = all(part);
    int[] counts = new int[10];
    float[] target = new float[10];
    for (int row = 0; row < rows.count(); row++) {
      rows.copyTargets(row, 1, target);
      for (int digit = 0; digit < 10; digit++) {
        counts[digit] += (int) target[digit];
      }
    }
    assertEquals(rows.count(), IntStream.of(counts).sum());
    assertTrue(IntStream.of(counts).allMatch(count -> count > rows.count() / 20));
  }

  @ParameterizedTest
  @EnumSource
  void pixelsAreSixteenthsFromZeroToOne(Part part) {
    PartitionRows rows = all(part);
    assertEquals(64, rows.features());
    Set<Float> values = new HashSet<>();
    for (float pixel : DataFiles.features(rows)) {
      values.add(pixel * 16);
    }
    assertEquals(
        IntStream.rangeClosed(0, 16).mapToObj(i -> (float) i).collect(Collectors.toSet()), values);
  }

  @Test
  void theTestRowsAreThoseBehindTheTrainingRows() {
    DataSource whole =
        new TextSource(
            TextFile.table(
                DigitsSource.format(""),
                model(64, 10, Output.SOFTMAX),
                new CsvFile(
                    new TableFormat.Csv(false, ','),
                    Input.resource("digits", DigitsSource.class, "digits.csv.gz")),
                Wanted.ALL,
                Columns.UNKNOWN,
                OptionalInt.of(64)));
    assertEquals(1797, whole.rows());
    assertArrayEquals(
        DataFiles.features(whole.read(1437, 1797)), DataFiles.features(all(Part.TEST)));
    assertArrayEquals(
        DataFiles.features(whole.read(1400, 1437)),
        DataFiles.features(open(Part.TRAIN).read(1400, 1437)));
  }

  /** The checksum in the README beside the resource. */
  @Test
  void theResourceIsTheOneThatWasMade() throws IOException, GeneralSecurityException {
    try (InputStream in = DigitsSource.class.getResourceAsStream("digits.csv.gz")) {
      assertEquals(
          "7cbe80ddf5582a80b8464b01d1436e281ae6a951b4c54d474604fbfbcffd78bc",
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(in.readAllBytes())));
    }
  }

  @Test
  void aModelForOtherImagesIsRefused() {
    assertRefused(
        () ->
            DataSources.open(
                new SourceSpec.Digits(Part.TRAIN),
                model(784, 10, Output.SOFTMAX),
                folder(Path.of("nowhere"))),
        "digits: expected 784 features per row, the model's inputs; found 64");
  }

  @Test
  void digitsOpenedUnlabelledHaveTheSameFeatures() {
    DataSource source =
        DataSources.openUnlabelled(
            new SourceSpec.Digits(Part.TEST),
            model(64, 10, Output.SOFTMAX),
            folder(Path.of("nowhere")),
            Columns.UNKNOWN);
    PartitionRows rows = source.read(0, source.rows());
    assertArrayEquals(DataFiles.features(all(Part.TEST)), DataFiles.features(rows));
    assertFalse(rows.labelled());
  }

  @Test
  void otherDigitsAreReadInTheFormatOfTheBuiltInOnes(@TempDir Path folder) throws IOException {
    DataFiles.write(folder, "mine.csv", "16," + "0,".repeat(62) + "4\n");
    PartitionRows rows =
        DataSources.openUnlabelled(
                DigitsSource.format("mine.csv"),
                model(64, 10, Output.SOFTMAX),
                folder(folder),
                Columns.UNKNOWN)
            .read(0, 1);
    float[] expected = new float[64];
    expected[0] = 1;
    expected[63] = 0.25f;
    assertArrayEquals(expected, DataFiles.features(rows));
  }
}
