package io.cordee.worker.data.rows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/**
 * Reads all partitions of several stores, interleaved, so that stores of the same file share the
 * page cache.
 */
public final class AllRows {

  /** Receives the rows of a partition; called by several threads. */
  @FunctionalInterface
  public interface Keeper {
    void keep(PartitionStore store, int partition, PartitionRows rows) throws IOException;
  }

  private final PartitionStore store;
  private final RowCursor cursor;
  private final int from;
  private final long[] sums;
  private int done;
  private long largest;
  private int mostTouched;
  private long[] classes = {};

  private AllRows(PartitionStore store, int part, int parts) {
    this.store = store;
    Partitions cut = store.partitions();
    from = (int) Partitions.start(part, cut.count(), parts);
    sums = new long[(int) Partitions.start(part + 1, cut.count(), parts) - from];
    cursor = store.source().cursor();
  }

  /**
   * Reads all rows.
   *
   * @param threads that read as many parts of each store at once
   * @return what is known of each store
   * @throws DataException if any of the rows is wrong
   * @throws IOException if they cannot be kept
   */
  public static List<SeenRows> read(List<PartitionStore> stores, int threads, Keeper keeper)
      throws IOException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<List<SeenRows>> parts =
        IntStream.range(0, threads)
            .parallel()
            .mapToObj(part -> read(stores, part, threads, keeper, failure))
            .toList();
    if (failure.get() instanceof IOException e) {
      throw e;
    }
    if (failure.get() instanceof OutOfMemoryError e) {
      throw e;
    }
    if (failure.get() instanceof RuntimeException e) {
      if (e instanceof DataException) {
        stores.forEach(store -> store.source().check());
      }
      throw e;
    }
    return IntStream.range(0, stores.size())
        .mapToObj(
            i ->
                parts.stream()
                    .map(part -> part.get(i))
                    .filter(seen -> seen.checksums().length > 0)
                    .reduce(SeenRows::plus)
                    .orElseThrow())
        .toList();
  }

  /** Ends early, and empty, once any part has failed. */
  private static List<SeenRows> read(
      List<PartitionStore> stores,
      int part,
      int parts,
      Keeper keeper,
      AtomicReference<Throwable> failure) {
    List<AllRows> all = new ArrayList<>();
    try {
      stores.forEach(store -> all.add(new AllRows(store, part, parts)));
      all.forEach(each -> each.cursor.skip(each.store.partitions().from(each.from)));
      for (boolean isMore = true; isMore && failure.get() == null; ) {
        isMore = false;
        for (AllRows each : all) {
          isMore |= each.next(keeper);
        }
      }
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      failure.compareAndSet(null, e);
    }
    for (AllRows each : all) {
      try {
        each.cursor.close();
      } catch (RuntimeException e) {
        failure.compareAndSet(null, e);
      }
    }
    return all.stream()
        .map(it -> new SeenRows(it.sums, it.largest, it.mostTouched, it.classes))
        .toList();
  }

  /** Returns whether there was another partition. */
  private boolean next(Keeper keeper) throws IOException {
    if (done == sums.length) {
      return false;
    }
    PartitionRows rows = cursor.next(store.partitions().size(from + done));
    sums[done] = rows.checksum();
    largest = Math.max(largest, rows.bytes());
    mostTouched = Math.max(mostTouched, rows.touched().map(ids -> ids.length).orElse(0));
    classes = rows.addClasses(classes);
    keeper.keep(store, from + done++, rows);
    return true;
  }
}
