package io.cordee.worker.compute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.job.RowCounts;
import io.cordee.common.job.data.Columns;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.text.OutOfMemory;
import io.cordee.function.Rows;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.data.RowCache;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.data.rows.ExternalRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldRowsTest {

  private static final int ROWS = 16;

  @TempDir private Path folder;

  /** Row r is r and 2r; three test rows. */
  @BeforeEach
  void writeRows() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      lines.add(row + "," + 2 * row);
    }
    Files.write(folder.resolve("train.csv"), lines);
    Files.write(folder.resolve("test.csv"), lines.subList(0, 3));
  }

  @Test
  void findsTheRowsWithoutReadingPartitions() {
    HeldRows rows = new HeldRows(job(), List.of(folder));
    assertEquals(ROWS, rows.counts().train());
    assertEquals(3, rows.counts().test());
  }

  @Test
  void slicesOfValidationRowsComeBeforeThoseOfTestRows() {
    HeldRows rows =
        new HeldRows(
            job("data.validation={format: csv, file: train.csv, header: false, targets: [1]}"),
            List.of(folder));
    rows.hold(units(0, 1, 2));
    assertEquals(new RowCounts(ROWS, ROWS, 3), rows.counts());
    assertArrayEquals(new float[] {4, 5}, features(rows.slices(units(2)).apply(2)));
    assertArrayEquals(new float[] {2}, features(rows.slices(units(10)).apply(10)));
    assertThrows(IllegalArgumentException.class, () -> rows.slices(units(11)));
  }

  @Test
  void checksumsTellOtherRowsFromThese() throws IOException {
    long[] sums = new HeldRows(job(), List.of(folder)).checksums();
    assertEquals(8 + 3, sums.length, "of partitions, then of slices");
    assertArrayEquals(sums, new HeldRows(job(), List.of(folder)).checksums());
    Path test = folder.resolve("test.csv");
    List<String> rows = new ArrayList<>(Files.readAllLines(test));
    rows.set(1, "9,9");
    Files.write(test, rows);
    long[] others = new HeldRows(job(), List.of(folder)).checksums();
    assertEquals(9, Arrays.mismatch(sums, others), "the second slice");
    sums[9] = others[9];
    assertArrayEquals(sums, others);
  }

  @Test
  void aSmallFileIsReadOnce() throws IOException {
    HeldRows rows = new HeldRows(job(), List.of(folder));
    rows.checksums();
    Files.delete(folder.resolve("train.csv"));
    rows.hold(units(0, 1));
    assertArrayEquals(new float[] {2, 3}, features(rows.batches(units(1), 0).apply(1).step(0)));
  }

  @Test
  void fewRowsAreHeldWhoeverComputesThem() throws IOException {
    HeldRows rows = new HeldRows(job(), List.of(folder));
    rows.checksums();
    assertEquals(HeldRows.ALL, rows.room(0));
    Files.delete(folder.resolve("train.csv"));
    for (int partition : new int[] {0, 4, 7}) {
      rows.hold(units(partition));
    }
    assertArrayEquals(new float[] {2, 3}, features(rows.batches(units(1), 0).apply(1).step(0)));
  }

  @Test
  void rowsThatHaveChangedSinceTheyWereSummedUpAreRefused() throws IOException {
    HeldRows rows = new HeldRows(job(), List.of(folder));
    rows.checksums();
    Path train = folder.resolve("train.csv");
    List<String> lines = new ArrayList<>(Files.readAllLines(train));
    lines.set(9, "9,99");
    Files.write(train, lines);
    rows.hold(units(3));
    String refusal = assertThrows(DataException.class, () -> rows.hold(units(4))).getMessage();
    assertTrue(refusal.contains("its rows have changed since this worker began"), refusal);
    String place =
        "partition 4, which begins at row 8 of these (counting from 0 the rows kept after the split; not a line number)";
    assertTrue(refusal.contains(place), refusal);
  }

  @Test
  void partitionsWithoutMemoryAreDeclined() {
    HeldRows rows = new HeldRows(job(), List.of(folder));
    rows.checksums();
    long room = OutOfMemory.available() - (8 << 20);
    assertEquals(HeldRows.ALL, rows.room(0));
    // A partition of two rows and a slice of one, each a feature and a target.
    assertEquals(3, rows.room(room - 3 * 24));
    assertEquals(1, rows.room(room - 23), "it is tried");
  }

  @Test
  void theHeapIsSharedWithTheOtherWorkersAndTheServersOfTheProcess() {
    HeldRows rows = new HeldRows(job(), List.of(folder));
    rows.checksums();
    List<Object> others = List.of("one", "two", "server");
    long servers = OutOfMemory.available() / 2;
    try {
      OutOfMemory.shares(others.get(0));
      OutOfMemory.shares(others.get(1));
      OutOfMemory.takes(others.get(2), servers);
      long each = (OutOfMemory.available() - servers) / 2 - (8 << 20);
      assertEquals(3, rows.room(each - 3 * 24));
      OutOfMemory.takes(others.get(2), OutOfMemory.available());
      String message = assertThrows(DataException.class, () -> rows.room(0)).getMessage();
      double named = Double.parseDouble(message.replaceAll(".*-Xmx(\\d+)m.*", "$1"));
      double now = Runtime.getRuntime().maxMemory() / 1048576.0;
      assertTrue(named > now + 16 && named < 1.06 * now + 2 * 16, "8 MB for each: " + message);
    } finally {
      others.forEach(OutOfMemory::leaves);
    }
    assertEquals(HeldRows.ALL, rows.room(0));
  }

  @Test
  void withoutRoomForTwoPlansTheRowsOfTheOneBeforeStayUntilTheNextLease() throws IOException {
    HeldRows rows = new HeldRows(job(), List.of(folder));
    rows.checksums();
    assertEquals(2, rows.room(OutOfMemory.available() - (8 << 20) - 2 * 24));
    rows.hold(units(0, 1));
    rows.hold(units(6, 7));
    Files.delete(folder.resolve("train.csv"));
    assertArrayEquals(new float[] {2, 3}, features(rows.batches(units(1), 0).apply(1).step(0)));
    assertThrows(DataException.class, () -> rows.batches(units(6), 1));
  }

  @Test
  void aJobWithoutTestRowsHasNone() {
    HeldRows rows = new HeldRows(job("data.test=null"), List.of(folder));
    assertEquals(0, rows.counts().test());
    rows.hold(units(0, 1));
    assertThrows(IllegalArgumentException.class, () -> rows.slices(units(0)));
  }

  @Test
  void givesOutWhatItHolds() {
    HeldRows rows = new HeldRows(job(), List.of(folder));
    rows.hold(units(1, 2));
    IntFunction<RoundRows> batches = rows.batches(units(1, 2), 0);
    assertArrayEquals(new float[] {2, 3}, features(batches.apply(1).step(0)));
    assertArrayEquals(new float[] {4, 5}, features(batches.apply(2).step(0)));
    assertArrayEquals(new float[] {1}, features(rows.slices(units(1)).apply(1)));
  }

  @Test
  void aBatchIsAFunctionOfTheRoundAndNotOfWhoHoldsThePartition() {
    HeldRows one = new HeldRows(job("batch.rows=8", "batch.seed=5"), List.of(folder));
    HeldRows other = new HeldRows(job("batch.rows=8", "batch.seed=5"), List.of(folder));
    one.hold(units(0, 1, 2, 3, 4, 5, 6, 7));
    for (int version = 0; version < 4; version++) {
      assertArrayEquals(
          features(one.batches(units(3), version).apply(3).step(0)),
          features(other.batches(units(3), version).apply(3).step(0)));
    }
  }

  @Test
  void localStepsWalkThroughThePartitionOnFromRoundToRound() {
    HeldRows rows =
        new HeldRows(
            job("partitions=2", "local={steps: 3, batch: 3, optimizer: gd}"), List.of(folder));
    List<Float> stream = new ArrayList<>();
    int lastRound = 0;
    // In any order: here the last round first.
    for (int version : new int[] {7, 0, 1, 2, 3, 4, 5, 6}) {
      RoundRows round = rows.batches(units(1), version).apply(1);
      assertEquals(8, round.count());
      List<Float> ofRound = new ArrayList<>();
      for (int step = 0; step < 3; step++) {
        for (float row : features(round.step(step))) {
          ofRound.add(row);
        }
      }
      stream.addAll(version == 7 ? 0 : stream.size() - lastRound, ofRound);
      lastRound = 9;
    }
    for (int epoch = 0; epoch < 9; epoch++) {
      List<Float> once = new ArrayList<>(stream.subList(8 * epoch, 8 * epoch + 8));
      Collections.sort(once);
      assertEquals(List.of(8f, 9f, 10f, 11f, 12f, 13f, 14f, 15f), once);
    }
  }

  @Test
  void aLocalBatchThatIsLargerThanAPartitionIsRefused() {
    Job job = job("partitions=5", "local={steps: 3, batch: 4, optimizer: gd}");
    assertEquals(
        "a local batch of 4 rows needs as many in every partition; found 3: lower local.batch or"
            + " partitions",
        assertThrows(DataException.class, () -> new HeldRows(job, List.of(folder))).getMessage());
  }

  @Test
  void aLeaseByThePlanThatRoundsGoByIsServedHoweverManyPlansHaveComeSince() {
    HeldRows rows = new HeldRows(job(), List.of(folder));
    // Alone; then two others join before a round ends.
    rows.hold(units(0, 1, 2, 3, 4, 5, 6, 7));
    rows.hold(units(0, 1, 2, 3));
    rows.hold(units(0, 1));
    assertArrayEquals(new float[] {14, 15}, features(rows.batches(units(7), 0).apply(7).step(0)));
    assertArrayEquals(new float[] {2}, features(rows.slices(units(2)).apply(2)));
  }

  @Test
  void rowsThatWereGivenOutStayValidWhatEverIsHeldAfterwards() {
    HeldRows rows = new HeldRows(job(), List.of(folder));
    rows.hold(units(6, 7));
    IntFunction<RoundRows> leased = rows.batches(units(6, 7), 0);
    rows.hold(units(0));
    rows.hold(units(1));
    assertArrayEquals(new float[] {14, 15}, features(leased.apply(7).step(0)));
  }

  @Test
  void aWrongRowIsFoundWhenItsPartitionIsLoaded() throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("train.csv"));
    lines.set(9, "nine,18");
    Files.write(folder.resolve("train.csv"), lines);
    HeldRows rows = new HeldRows(job(), List.of(folder));
    rows.hold(units(0, 7));
    DataException failure = assertThrows(DataException.class, () -> rows.hold(units(4)));
    assertTrue(failure.getMessage().contains("nine"), failure::getMessage);
  }

  @Test
  void testRowsHaveTheColumnsOfTheTrainingRows() throws IOException {
    String[] named = {
      "model.layers=[2, 1]",
      "partitions=1",
      "data.train={format: csv, file: train.csv, targets: [y]}",
      "data.test={format: csv, file: test.csv, targets: [y]}"
    };
    Files.writeString(folder.resolve("train.csv"), "a,b,y\n1,2,3\n");
    Files.writeString(folder.resolve("test.csv"), "y,a,b\n3,1,2\n");
    assertEquals(new Columns("a, b", ""), new HeldRows(job(named), List.of(folder)).columns());
    Files.writeString(folder.resolve("test.csv"), "b,y,c\n2,1,3\n");
    DataException refusal =
        assertThrows(DataException.class, () -> new HeldRows(job(named), List.of(folder)));
    assertEquals(
        folder.resolve("test.csv")
            + ": expected the columns of the training rows; a is missing; found b, y, c",
        refusal.getMessage());
  }

  private static ExternalRows rows(int count, double factor) {
    return new ExternalRows() {
      @Override
      public long count() {
        return count;
      }

      @Override
      public int features() {
        return 1;
      }

      @Override
      public boolean isSparse() {
        return false;
      }

      @Override
      public void read(long from, int rows, Sink into) {
        for (long row = from; row < from + rows; row++) {
          into.feature(0, row);
          into.target(0, factor * row);
          into.endRow();
        }
      }
    };
  }

  @Test
  void externalRowsAreAsGoodAsAFile() {
    String[] external = {
      "data={train: {format: external, name: mine, labels: false}}", "data.test=null"
    };
    DataFolder mine = DataFolder.without(name -> rows(ROWS, 2));
    assertArrayEquals(
        new HeldRows(job("data.test=null"), List.of(folder)).checksums(),
        new HeldRows(job(external), mine, RowCache.NONE).checksums());
    HeldRows held = new HeldRows(job(external), mine, RowCache.NONE);
    held.hold(units(3));
    assertArrayEquals(new float[] {6, 7}, features(held.batches(units(3), 0).apply(3).step(0)));
    String refusal =
        assertThrows(DataException.class, () -> new HeldRows(job(external), List.of(folder)))
            .getMessage();
    assertTrue(refusal.startsWith("rows mine: the job's data are external"), refusal);
  }

  @Test
  void externalLabelsAreClassIndices() {
    Job labelled = job("model={layers: [1, 3]}", "data={train: {format: external, name: mine}}");
    HeldRows wrong =
        new HeldRows(labelled, DataFolder.without(name -> rows(ROWS, 0.5)), RowCache.NONE);
    String refusal = assertThrows(DataException.class, () -> wrong.hold(units(0))).getMessage();
    assertEquals(
        "rows mine, row 1 (from 0): expected a class index from 0 to 2; found 0.5", refusal);
    Job wide =
        job(
            "model={layers: [2, 1], output: linear}",
            "data={train: {format: external, name: mine, labels: false}}");
    assertThrows(
        DataException.class,
        () -> new HeldRows(wide, DataFolder.without(name -> rows(ROWS, 2)), RowCache.NONE));
  }

  private static float[] features(Rows rows) {
    float[] features = new float[rows.count()];
    rows.copyFeatures(0, rows.count(), features);
    return features;
  }

  @Test
  void labelsAreSmoothedAndWeightedWhereGradientsAreTaken() throws IOException {
    Files.writeString(folder.resolve("train.csv"), "0,a\n1,b\n2,b\n3,c\n4,b\n5,b\n");
    String[] labelled = {
      "model={layers: [1, 3]}",
      "data={train: {format: csv, file: train.csv, header: false, label: 1}}",
      "partitions=1",
      "regularize={label_smoothing: 0.3, balance_classes: true}"
    };
    HeldRows rows = new HeldRows(job(labelled), List.of(folder));
    rows.hold(units(0));
    float[] targets = new float[18];
    rows.batches(units(0), 0).apply(0).step(0).copyTargets(0, 6, targets);
    // 6 rows of 3 classes: those of a and c count twice, those of b by half.
    assertArrayEquals(
        new float[] {1.6f, 0.2f, 0.2f, 0.05f, 0.4f, 0.05f, 0.05f, 0.4f, 0.05f, 0.2f, 0.2f, 1.6f},
        java.util.Arrays.copyOf(targets, 12),
        1e-6f);
  }

  private static Job job(String... overrides) {
    return JobFile.parse(
        String.join(
            "\n",
            "name: small",
            "model: {layers: [1, 1], output: linear, loss: squared-error}",
            "data:",
            "  train: {format: csv, file: train.csv, header: false, targets: [1]}",
            "  test: {format: csv, file: test.csv, header: false, targets: [1]}",
            "partitions: 8"),
        "small.yaml",
        List.of(overrides));
  }

  private static BitSet units(int... units) {
    BitSet set = new BitSet();
    for (int unit : units) {
      set.set(unit);
    }
    return set;
  }
}
