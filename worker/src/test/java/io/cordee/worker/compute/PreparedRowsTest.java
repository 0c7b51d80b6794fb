package io.cordee.worker.compute;

import static io.cordee.worker.data.DataFiles.features;
import static io.cordee.worker.data.DataFiles.idx;
import static io.cordee.worker.data.DataFiles.targets;
import static io.cordee.worker.data.DataFiles.write;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.file.FolderLock;
import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.text.OutOfMemory;
import io.cordee.function.Rows;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.data.RowCache;
import io.cordee.worker.data.rows.DataException;
import io.cordee.worker.model.ListedRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreparedRowsTest {

  private static final int ROWS = 41;
  private static final int PARTITIONS = 3;
  private static final String TABLE = "{train: {format: csv, file: rows.csv, label: y}}";
  private static final String VALUES =
      "{train: {format: csv, file: rows.csv, targets: [y]}, split: {validation: 0.2, test: 0.2},"
          + " preprocess: {scale: standardize, targets: standardize}}";
  private static final String IDS =
      "{train: {format: csv, file: rows.csv, label: y},"
          + " ids: {c: {dim: 2, rows: 6}, b: {dim: 1, split: '.', hash: 9},"
          + " a: {dim: 3, hash: 7}}}";
  private static final String IMAGES =
      "{train: {format: idx, features: x.idx, labels: y.idx, scale: 7}}";
  private static final String LISTS = "{train: {format: libsvm, file: rows.svm}}";

  @TempDir private Path folder;
  @TempDir private Path cacheFolder;

  private final List<String> told = new ArrayList<>();

  /** Keeps all but progress, which a slow disk may make. */
  private void tell(String line) {
    if (!line.matches(".* after \\d+ s: .*")) {
      told.add(line);
    }
  }

  private void writeRows() throws IOException {
    StringBuilder table = new StringBuilder("a,b,c,y\n");
    StringBuilder lists = new StringBuilder();
    byte[] images = new byte[3 * ROWS];
    byte[] labels = new byte[ROWS];
    for (int row = 0; row < ROWS; row++) {
      int label = row % 2;
      table.append("%d,%d.5,-%d,%d\n".formatted(row, row * row, row % 5, label));
      lists.append("%d %d:1.5 %d:%d\n".formatted(label, 1 + row % 7, 20 + row, row));
      images[3 * row + 1] = (byte) (200 + row);
      labels[row] = (byte) label;
    }
    write(folder, "rows.csv", table.toString());
    write(folder, "rows.svm", lists.toString());
    write(folder, "x.idx", idx(new int[] {ROWS, 3}, images));
    write(folder, "y.idx", idx(new int[] {ROWS}, labels));
  }

  private static Job job(String model, String data, String... more) {
    return JobFile.parse(
        String.join(
            "\n",
            "name: small",
            "model: " + model,
            "data: " + data,
            "partitions: " + PARTITIONS,
            String.join("\n", more)),
        "small.yaml",
        List.of());
  }

  private static Job table() {
    return job("{layers: [3, 2]}", TABLE);
  }

  private HeldRows prepared(Job job) {
    return new HeldRows(job, List.of(folder), new RowCache(cacheFolder, 0, this::tell, true));
  }

  private HeldRows ofOwnRows(Job job, Path cache) {
    RowCache own = new RowCache(cache, 0, this::tell, false);
    return new HeldRows(job, List.of(folder), own);
  }

  private static BitSet all(int count) {
    BitSet all = new BitSet();
    all.set(0, count);
    return all;
  }

  private static void assertSame(HeldRows expected, HeldRows found, Job job) {
    assertArrayEquals(expected.checksums(), found.checksums());
    assertEquals(expected.counts(), found.counts());
    assertEquals(expected.columns(), found.columns());
    assertEquals(expected.mostTouched(), found.mostTouched());
    assertEquals(expected.largestPart(), found.largestPart());
    expected.hold(all(PARTITIONS));
    found.hold(all(PARTITIONS));
    for (int version = 0; version < 2; version++) {
      for (int part = 0; part < PARTITIONS; part++) {
        assertSame(
            expected.batches(all(PARTITIONS), version).apply(part).step(0),
            found.batches(all(PARTITIONS), version).apply(part).step(0),
            job);
      }
    }
    for (int slice : expected.slicesOf(all(PARTITIONS)).stream().toArray()) {
      BitSet one = new BitSet();
      one.set(slice);
      assertSame(expected.slices(one).apply(slice), found.slices(one).apply(slice), job);
    }
  }

  private static void assertSame(Rows expected, Rows found, Job job) {
    assertEquals(expected.count(), found.count());
    assertEquals(expected.labelled(), found.labelled());
    assertEquals(expected.index(0), found.index(0));
    assertEquals(expected.targetUnit(0), found.targetUnit(0));
    assertArrayEquals(features(expected), features(found));
    assertArrayEquals(
        targets(expected, job.model().outputs()), targets(found, job.model().outputs()));
    assertArrayEquals(
        ListedRows.touched(expected).orElse(new int[0]),
        ListedRows.touched(found).orElse(new int[0]));
    assertEquals(ListedRows.tables(expected).size(), ListedRows.tables(found).size());
    assertEquals(
        ListedRows.of(expected, false).isPresent(), ListedRows.of(found, false).isPresent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{layers: [3, 2]} | " + TABLE,
        "{layers: [3, 1], output: linear} | " + VALUES,
        "{inputs: 6, layers: [2]} | " + IDS,
        "{inputs: 6, outputs: 2, function: f, parameters: w, tensors: {w: [2]}} | " + IDS,
        "{layers: [3, 2]} | " + IMAGES,
        "{layers: [60, 2]} | " + LISTS,
        "{layers: [60, 4, 2], sparse: true} | " + LISTS
      })
  void preparedRowsAreThoseOfTheFiles(String modelAndData) throws IOException {
    writeRows();
    String[] parts = modelAndData.split(" \\| ");
    for (String batch : List.of("", "batch: {rows: 10, seed: 3}")) {
      Job job = job(parts[0], parts[1], batch);
      HeldRows own = ofOwnRows(job, cacheFolder.resolve("own"));
      own.hold(all(1));
      assertSame(new HeldRows(job, List.of(folder)), own, job);
      for (String start : List.of("first", "second")) {
        assertSame(new HeldRows(job, List.of(folder)), prepared(job), job);
        assertEquals(List.of(), told, start);
      }
    }
  }

  @Test
  void mappedRowsAreAllAtHand() throws IOException {
    writeRows();
    HeldRows rows = prepared(table());
    rows.checksums();
    assertEquals(HeldRows.ALL, rows.room(1L << 60), "whatever the heap is");
  }

  @Test
  void partitionsTouchTogetherAtMostTheWholeTable() throws IOException {
    writeRows();
    HeldRows rows = prepared(job("{layers: [60, 4, 2], sparse: true}", LISTS));
    rows.checksums();
    long free = OutOfMemory.available() - (8 << 20);
    // Two versions and the two slots that rprop replays, each of 60 rows of 4 floats; the
    // partitions' own rows would be more, one by one.
    long table = 4 * 60 * 4 * 4;
    assertTrue(3 * rows.mostTouched() > 60, "each touches many");
    assertEquals(3, rows.room(free - table));
    assertEquals(2, rows.room(free - table + 1));
  }

  private void age(String file) throws IOException {
    Files.setLastModifiedTime(
        folder.resolve(file), FileTime.from(Instant.now().minus(Duration.ofHours(1))));
  }

  @Test
  void aSecondStartPreparesNothing() throws IOException {
    writeRows();
    long[] sums = prepared(table()).checksums();
    Object before = Files.getAttribute(file("survey"), "fileKey");
    HeldRows again = prepared(table());
    Files.delete(folder.resolve("rows.csv"));
    assertArrayEquals(sums, again.checksums());
    again.hold(all(PARTITIONS));
    assertEquals(before, Files.getAttribute(file("survey"), "fileKey"));
  }

  @Test
  void aWorkerPreparesWhatItIsAskedForFromItsPartOfTheFile() throws Exception {
    String row = "%d,\"\u00e9\n%s\",%d\r\n\r\n";
    StringBuilder rows = new StringBuilder("\ufeffa,b,y\r\n");
    for (int i = 0; i < 30_000; i++) {
      rows.append(row.formatted(i, "x".repeat(i % 200), i % 2));
    }
    write(folder, "rows.csv", rows.toString());
    Job job =
        job(
            "{layers: [1, 2]}",
            "{train: {format: csv, file: rows.csv, label: y, ignore: [b]}, split: {test: 0.2}}");
    HeldRows expected = new HeldRows(job, List.of(folder));
    HeldRows first = ofOwnRows(job, cacheFolder);
    HeldRows second = ofOwnRows(job, cacheFolder);
    assertEquals(0, prepared("train"), "nothing was asked for");
    assertEquals(PARTITIONS, first.room(0), "others' rows are not at hand");
    BitSet last = new BitSet();
    last.set(PARTITIONS - 1);
    first.hold(last);
    assertEquals(1, prepared("train"));
    assertEquals(1, prepared("test"));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (Future<?> each :
          List.of(
              threads.submit(() -> first.hold(all(PARTITIONS))),
              threads.submit(() -> second.hold(all(PARTITIONS))))) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertSame(expected, first, job);
    assertSame(expected, second, job);
    assertEquals(PARTITIONS, prepared("train"));
    Path draft = file(".train-2.rows." + UUID.randomUUID() + ".tmp");
    Files.writeString(draft, "half");
    Files.setLastModifiedTime(draft, FileTime.from(Instant.now().minusSeconds(100)));
    Files.delete(file("train-2.rows"));
    HeldRows third = ofOwnRows(job, cacheFolder);
    assertFalse(Files.exists(draft), "a killed process left it");
    Files.writeString(folder.resolve("rows.csv"), rows.toString());
    DataException refused = assertThrows(DataException.class, () -> third.hold(last));
    assertTrue(refused.getMessage().contains("changed while being read"), refused::getMessage);
    assertEquals(List.of(), told);
  }

  private long prepared(String role) throws IOException {
    try (Stream<Path> files = Files.list(places().get(0))) {
      return files.filter(file -> file.getFileName().toString().startsWith(role)).count();
    }
  }

  @Test
  void otherRowsArePreparedBesideThese() throws IOException {
    writeRows();
    age("rows.csv");
    long[] sums = prepared(table()).checksums();
    Files.writeString(
        folder.resolve("rows.csv"),
        Files.readString(folder.resolve("rows.csv")).replace("4.5", "9.5"));
    HeldRows others = prepared(table());
    assertFalse(Arrays.equals(sums, others.checksums()));
    assertSame(new HeldRows(table(), List.of(folder)), others, table());
    assertEquals(2, places().size());
    prepared(job("{layers: [3, 8, 2]}", TABLE, "optimizer: adam")).checksums();
    assertEquals(2, places().size(), "rows do not depend on layers and optimizers");
    prepared(job("{layers: [3, 2]}", TABLE.replace("y}}", "y}, split: {test: 0.2}}")));
    assertEquals(3, places().size());
  }

  private List<Path> places() throws IOException {
    try (Stream<Path> places = Files.list(cacheFolder.resolve("rows"))) {
      return places.toList();
    }
  }

  private Path file(String name) throws IOException {
    return places().get(0).resolve(name);
  }

  @Test
  void damagedAndForeignFilesAreMadeAnew() throws IOException {
    writeRows();
    prepared(table());
    byte[] intact = Files.readAllBytes(file("train-1.rows"));
    byte[] damaged = intact.clone();
    damaged[damaged.length - 9] ^= 4;
    for (byte[] wrong :
        List.of(damaged, new byte[0], new byte[500], Files.readAllBytes(file("train-0.rows")))) {
      Files.write(file("train-1.rows"), wrong);
      assertSame(new HeldRows(table(), List.of(folder)), prepared(table()), table());
      assertArrayEquals(intact, Files.readAllBytes(file("train-1.rows")));
    }
    for (byte[] wrong : List.of("rubbish".getBytes(UTF_8), new byte[] {-1})) {
      Files.write(file("survey"), wrong);
      assertEquals(
          "not complete", new RowCache(cacheFolder, 0, this::tell, true).entries().get(0).what());
      assertSame(new HeldRows(table(), List.of(folder)), prepared(table()), table());
    }
    assertEquals(List.of(), told);
  }

  @Test
  void rowsDependOnWhichFilesAreForWhat() throws IOException {
    for (String name : List.of("train/a.csv", "train/b.csv", "rest/c.csv")) {
      Files.createDirectories(folder.resolve(name).getParent());
      Files.writeString(folder.resolve(name), "x,y\n1,0\n2,1\n3,%d\n".formatted(name.length() % 2));
    }
    Job job =
        job(
            "{layers: [1, 2]}",
            "{train: {format: csv, file: train, label: y},"
                + " validation: {format: csv, file: rest, label: y}}");
    assertEquals(6, prepared(job).counts().train());
    Files.move(folder.resolve("train/b.csv"), folder.resolve("rest/b.csv"));
    assertSame(new HeldRows(job, List.of(folder)), prepared(job), job);
    assertEquals(2, places().size());
  }

  @Test
  void rowsThatChangeBeforeTheyArePreparedAreRefused() throws IOException {
    writeRows();
    age("rows.csv");
    prepared(table());
    RowCache first = new RowCache(cacheFolder, 0, this::tell, true);
    Path place = places().get(0);
    first.delete(place);
    FolderLock lock =
        FolderLock.take(cacheFolder.resolve("locks").resolve(place.getFileName()), "");
    RowCache cache =
        new RowCache(
            cacheFolder,
            0,
            waiting -> {
              try (lock) {
                write(folder, "rows.csv", "a,b,c,y\n" + "5,5,5,1\n".repeat(ROWS));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            true);
    String refusal =
        assertThrows(DataException.class, () -> new HeldRows(table(), List.of(folder), cache))
            .getMessage();
    assertTrue(refusal.contains("changed while being read"), refusal);
    assertEquals(List.of(), first.entries());
    assertSame(new HeldRows(table(), List.of(folder)), prepared(table()), table());
  }

  @Test
  void whatCannotBeWrittenToIsStillRead() throws IOException {
    writeRows();
    age("rows.csv");
    prepared(table());
    for (String part : List.of("sums", "locks")) {
      Files.move(cacheFolder.resolve(part), cacheFolder.resolve("former " + part));
      Files.writeString(cacheFolder.resolve(part), "no folder");
    }
    assertSame(new HeldRows(table(), List.of(folder)), prepared(table()), table());
    assertEquals(List.of(), told);
  }

  @Test
  void whatAKilledProcessLeftIsRemoved() throws IOException {
    writeRows();
    prepared(table());
    Files.delete(file("survey"));
    Files.delete(file("train-2.rows"));
    Path draft = file(".train-2.rows." + UUID.randomUUID() + ".tmp");
    Files.writeString(draft, "half");
    assertSame(new HeldRows(table(), List.of(folder)), prepared(table()), table());
    assertFalse(Files.exists(draft));
  }

  @Test
  void withoutAFolderToWriteToRowsTakeMemory() throws IOException {
    writeRows();
    Files.writeString(cacheFolder.resolve("file"), "");
    RowCache cache = new RowCache(cacheFolder.resolve("file"), 0, this::tell, true);
    HeldRows rows = new HeldRows(table(), List.of(folder), cache);
    assertSame(new HeldRows(table(), List.of(folder)), rows, table());
    assertEquals(1, told.size(), told::toString);
    assertTrue(told.get(0).contains("give another folder with --cache"), told::toString);
  }

  @Test
  void whereRowsCannotBePreparedTheyAreNotTriedAgain() throws IOException {
    writeRows();
    prepared(table());
    Files.delete(file("train-0.rows"));
    Files.delete(file("train-1.rows"));
    HeldRows rows = prepared(table());
    Path place = places().get(0);
    Path aside = cacheFolder.resolve("aside");
    Files.move(place, aside);
    Files.writeString(place, "no folder");
    rows.hold(all(1));
    Files.delete(place);
    Files.move(aside, place);
    assertSame(new HeldRows(table(), List.of(folder)), rows, table());
    assertFalse(Files.exists(file("train-1.rows")));
  }

  @Test
  void whatFollowsFromFilesIsWorkedOutAgainWhenTheyChange() throws IOException {
    writeRows();
    RowCache cache = new RowCache(cacheFolder, 0, this::tell, true);
    DataFolder files = new DataFolder(folder, "");
    List<String> worked = new ArrayList<>();
    for (String change : List.of("", "", "1,1,1,1\n", "", "damage")) {
      if (change.equals("damage")) {
        damage(cacheFolder.resolve("notes"));
      } else {
        Files.writeString(folder.resolve("rows.csv"), change, StandardOpenOption.APPEND);
      }
      List<String> lines =
          cache.remembered(
              table(),
              files,
              () -> {
                worked.add("a=" + worked.size());
                return List.of("b", worked.get(worked.size() - 1));
              });
      assertEquals(List.of("b", worked.get(worked.size() - 1)), lines);
    }
    assertEquals(3, worked.size());
  }

  private static void damage(Path notes) throws IOException {
    try (Stream<Path> files = Files.list(notes)) {
      for (Path note : files.toList()) {
        Files.writeString(note, Files.readString(note).replace("a=", "a=9"));
      }
    }
  }

  @Test
  void smallFilesAreNotPrepared() throws IOException {
    writeRows();
    long size = Files.size(folder.resolve("rows.csv"));
    new HeldRows(table(), List.of(folder), new RowCache(cacheFolder, size + 1, this::tell, true));
    assertFalse(Files.exists(cacheFolder.resolve("rows")));
  }

  @Test
  void wrongRowsAreNamedAndNothingIsKept() throws IOException {
    writeRows();
    String rows = Files.readString(folder.resolve("rows.csv"));
    Files.writeString(folder.resolve("rows.csv"), rows.replace("\n7,", "\nseven,"));
    for (int start = 0; start < 2; start++) {
      String refusal = assertThrows(DataException.class, () -> prepared(table())).getMessage();
      assertTrue(refusal.contains("seven"), refusal);
    }
  }

  @Test
  void workersThatPrepareTheSameRowsAtOnceGetTheSame() throws Exception {
    writeRows();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<HeldRows>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        RowCache cache = new RowCache(cacheFolder, 0, line -> {}, true);
        all.add(threads.submit(() -> new HeldRows(table(), List.of(folder), cache)));
      }
      for (Future<HeldRows> each : all) {
        assertSame(new HeldRows(table(), List.of(folder)), each.get(), table());
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(1, places().size());
  }

  @Test
  void preparedRowsAreListedAndDeleted() throws IOException {
    writeRows();
    HeldRows expected = new HeldRows(table(), List.of(folder));
    expected.checksums();
    HeldRows mapped = prepared(table());
    RowCache cache = new RowCache(cacheFolder, 0, this::tell, true);
    Files.createDirectories(cacheFolder.resolve("rows/thesis"));
    assertEquals(1, cache.entries().size(), "what is not ours stays");
    RowCache.Entry entry = cache.entries().get(0);
    assertEquals("41 rows of rows.csv", entry.what());
    assertTrue(entry.bytes() > 41 * 4 * 4, entry::toString);
    assertEquals(Optional.empty(), cache.delete(entry.place()));
    assertEquals(List.of(), cache.entries());
    Files.writeString(folder.resolve("rows.csv"), "rubbish");
    assertSame(expected, mapped, table());
  }

  @Test
  void aChangeIsSeenThoughSizeAndTimeAreTheSame() throws IOException {
    writeRows();
    Path file = folder.resolve("rows.csv");
    FileTime longAgo = FileTime.from(Instant.now().minusSeconds(100));
    Files.setLastModifiedTime(file, longAgo);
    prepared(table());
    byte[] bytes = Files.readAllBytes(file);
    int digit = new String(bytes, StandardCharsets.UTF_8).lastIndexOf('.') - 1;
    bytes[digit] = (byte) (bytes[digit] == '1' ? '2' : '1');
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, longAgo);
    assertSame(new HeldRows(table(), List.of(folder)), prepared(table()), table());
  }

  @Test
  void damagedRowsAreMadeAnewWhereAllWereDeleted() throws IOException {
    writeRows();
    prepared(table());
    Path damaged = file("train-1.rows");
    Files.write(damaged, new byte[500]);
    HeldRows rows = prepared(table());
    new RowCache(cacheFolder, 0, this::tell, true).delete(damaged.getParent());
    assertSame(new HeldRows(table(), List.of(folder)), rows, table());
    assertTrue(Files.exists(damaged));
  }

  @Test
  void rowsBeingPreparedAreNotDeleted() throws IOException {
    writeRows();
    prepared(table());
    RowCache cache = new RowCache(cacheFolder, 0, this::tell, true);
    Path place = places().get(0);
    Path lockFile = cacheFolder.resolve("locks").resolve(place.getFileName());
    try (FolderLock lock = FolderLock.take(lockFile, "")) {
      assertTrue(cache.delete(place).isPresent());
    }
    assertEquals(1, cache.entries().size());
  }
}
