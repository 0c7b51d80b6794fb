package io.cordee.worker.data.rows;

import static io.cordee.worker.data.DataFiles.assertRefused;
import static io.cordee.worker.data.DataFiles.features;
import static io.cordee.worker.data.DataFiles.folder;
import static io.cordee.worker.data.DataFiles.gzip;
import static io.cordee.worker.data.DataFiles.idx;
import static io.cordee.worker.data.DataFiles.model;
import static io.cordee.worker.data.DataFiles.targets;
import static io.cordee.worker.data.DataFiles.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.data.SourceSpec;
import io.cordee.common.job.data.Split;
import io.cordee.common.model.Output;
import io.cordee.worker.data.DataSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 103 rows of one byte, the row's number, in 8 partitions. */
class PartitionStoreTest {

  private static final int ROWS = 103;
  private static final int PARTITIONS = 8;

  @TempDir Path folder;
  private DataSource source;
  private Partitions partitions;
  private PartitionStore store;

  @BeforeEach
  void open() throws IOException {
    byte[] numbers = new byte[ROWS];
    byte[] labels = new byte[ROWS];
    for (int i = 0; i < ROWS; i++) {
      numbers[i] = (byte) i;
      labels[i] = (byte) (i % 2);
    }
    labels[102] = 9;
    write(folder, "features.gz", gzip(idx(new int[] {ROWS, 1}, numbers)));
    write(folder, "labels.gz", gzip(idx(new int[] {ROWS}, labels)));
    source =
        DataSources.open(
            new SourceSpec.Idx("features.gz", "labels.gz", 1),
            model(1, 2, Output.SOFTMAX),
            folder(folder));
    partitions = Partitions.of(source, PARTITIONS);
    store = new PartitionStore(source, partitions);
  }

  private void assertIsPartition(int partition, PartitionRows rows) {
    assertEquals(partitions.size(partition), rows.count());
    float[] numbers = features(rows);
    float[] targets = targets(rows, 2);
    for (int i = 0; i < numbers.length; i++) {
      long row = partitions.from(partition) + i;
      assertEquals(row, numbers[i]);
      assertEquals(1, targets[2 * i + (int) (row % 2)]);
    }
  }

  /** Deletes the features, so that only what is held can be loaded. */
  private void assertHeld(Set<Integer> held) throws IOException {
    Files.delete(folder.resolve("features.gz"));
    for (int partition = 0; partition < PARTITIONS; partition++) {
      if (held.contains(partition)) {
        assertIsPartition(partition, store.load(List.of(partition)).get(partition));
      } else {
        assertIsNotHeld(partition);
      }
    }
  }

  private void assertIsNotHeld(int partition) {
    assertRefused(() -> store.load(List.of(partition)), "features.gz");
  }

  @Test
  void nothingMoreIsReadOnceAThreadIsOutOfMemory() throws InterruptedException {
    AtomicInteger calls = new AtomicInteger();
    AllRows.Keeper keeper =
        (its, partition, rows) -> {
          calls.incrementAndGet();
          throw new OutOfMemoryError("of a test");
        };
    ForkJoinPool oneAfterTheOther = new ForkJoinPool(1);
    Future<?> read = oneAfterTheOther.submit(() -> AllRows.read(List.of(store), 2, keeper));
    assertInstanceOf(
        OutOfMemoryError.class, assertThrows(ExecutionException.class, read::get).getCause());
    oneAfterTheOther.shutdown();
    assertTrue(oneAfterTheOther.awaitTermination(1, TimeUnit.MINUTES));
    assertEquals(1, calls.get());
  }

  @Test
  void partitionsHoldTheirRowsWhereverTheyLie() {
    Map<Integer, PartitionRows> loaded = store.load(List.of(5, 0, 1, 3));
    assertEquals(Set.of(0, 1, 3, 5), loaded.keySet());
    loaded.forEach(this::assertIsPartition);
  }

  @Test
  void whatIsHeldIsNotReadAgain() throws IOException {
    PartitionRows before = store.load(List.of(0, 1)).get(1);
    Files.delete(folder.resolve("features.gz"));
    assertSame(before, store.load(List.of(1, 0)).get(1));
    assertIsNotHeld(2);
  }

  @Test
  void whatIsNotKeptIsNotHeld() throws IOException {
    PartitionRows given = store.load(List.of(0, 1, 2)).get(0);
    store.keepOnly(List.of(2, 4));
    assertHeld(Set.of(2));
    assertIsPartition(0, given);
  }

  @Test
  void whenLoadingFailsWhatWasHeldStaysAndNothingIsAdded() throws IOException {
    store.load(List.of(0));
    assertRefused(() -> store.load(List.of(3, 7)), "labels.gz, row 102 (from 0)", "found 9");
    assertHeld(Set.of(0));
  }

  @Test
  void tooManyPartitionsAreRefusedNamingTheFile() {
    assertRefused(() -> Partitions.of(source, 104), "features.gz", "found 103");
  }

  @Test
  void severalThreadsReadThePartitionsWhileOthersAreLoadedAndFreed()
      throws IOException, InterruptedException, ExecutionException {
    store.load(List.of(0, 1));
    int readers = 2;
    CyclicBarrier start = new CyclicBarrier(readers + 1);
    ExecutorService pool = Executors.newFixedThreadPool(readers + 1);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int reader = 0; reader < readers; reader++) {
        done.add(
            pool.submit(
                () -> {
                  start.await();
                  for (int i = 0; i < 500; i++) {
                    assertIsPartition(i % 2, store.load(List.of(i % 2)).get(i % 2));
                  }
                  return null;
                }));
      }
      done.add(
          pool.submit(
              () -> {
                start.await();
                for (int i = 0; i < 50; i++) {
                  store.load(List.of(2 + i % 5));
                  store.keepOnly(List.of(0, 1));
                }
                return null;
              }));
      for (Future<?> each : done) {
        each.get();
      }
    } finally {
      pool.shutdownNow();
    }
    assertHeld(Set.of(0, 1));
  }

  @Test
  void severalThreadsReadOneSource() throws InterruptedException, ExecutionException {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      List<Future<PartitionRows>> slices = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        int partition = i % (PARTITIONS - 1);
        slices.add(
            pool.submit(() -> source.read(partitions.from(partition), partitions.to(partition))));
      }
      for (int i = 0; i < slices.size(); i++) {
        assertIsPartition(i % (PARTITIONS - 1), slices.get(i).get());
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void whenACursorCannotBeOpenedAllOthersAreClosed() throws IOException {
    write(folder, "labels.gz", gzip(idx(new int[] {ROWS}, new byte[ROWS])));
    AtomicInteger open = new AtomicInteger();
    List<PartitionStore> stores =
        List.of(
            new PartitionStore(watched(open, 2), partitions),
            new PartitionStore(watched(open, 1), partitions));
    assertThrows(
        IllegalStateException.class, () -> AllRows.read(stores, 2, (of, partition, rows) -> {}));
    assertEquals(0, open.get());
  }

  /** Opens only some cursors, which throw when closed. */
  private DataSource watched(AtomicInteger open, int most) {
    AtomicInteger cursors = new AtomicInteger();
    return new DataSource() {
      @Override
      public String name() {
        return source.name();
      }

      @Override
      public Parts split(Split split) {
        return source.split(split);
      }

      @Override
      public long rows() {
        return source.rows();
      }

      @Override
      public RowCursor cursor() {
        if (cursors.getAndIncrement() >= most) {
          throw new IllegalStateException("too many files are open");
        }
        RowCursor its = source.cursor();
        open.incrementAndGet();
        return new RowCursor() {
          @Override
          public void skip(long rows) {
            its.skip(rows);
          }

          @Override
          public PartitionRows next(int rows) {
            return its.next(rows);
          }

          @Override
          public void close() {
            its.close();
            open.decrementAndGet();
            throw new IllegalStateException("cannot be closed");
          }
        };
      }
    };
  }

  @Test
  void storesMayHaveFewerPartitionsThanThreads() throws IOException {
    write(folder, "labels.gz", gzip(idx(new int[] {ROWS}, new byte[ROWS])));
    List<PartitionStore> stores =
        List.of(store, new PartitionStore(source, new Partitions(ROWS, 2)));
    List<SeenRows> expected = AllRows.read(stores, 1, (of, partition, rows) -> {});
    List<SeenRows> found = AllRows.read(stores, 5, (of, partition, rows) -> {});
    for (int i = 0; i < stores.size(); i++) {
      assertArrayEquals(expected.get(i).checksums(), found.get(i).checksums());
      assertArrayEquals(expected.get(i).classes(), found.get(i).classes());
    }
  }

  @Test
  void selectedRowsComeInTheOrderAsked() {
    PartitionRows rows = store.load(List.of(1)).get(1);
    int first = (int) partitions.from(1);
    assertArrayEquals(
        new float[] {first + 3, first, first + 3}, features(rows.select(new int[] {3, 0, 3})));
    float[] into = new float[2];
    rows.select(new int[] {3, 0, 4}).copyFeatures(1, 2, into);
    assertArrayEquals(new float[] {first, first + 4}, into);
    rows.select(new int[] {3, 0, 4}).copyTargets(2, 1, into);
    assertArrayEquals(new float[] {1 - first % 2, first % 2}, into);
    assertThrows(
        IndexOutOfBoundsException.class, () -> rows.select(new int[] {partitions.size(1)}));
    assertEquals(0, rows.select(new int[0]).count());
  }
}
