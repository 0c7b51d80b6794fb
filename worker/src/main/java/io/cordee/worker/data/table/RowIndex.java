package io.cordee.worker.data.table;

import io.cordee.worker.data.format.RowStart;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * Where rows begin, by their number: the first of each file, and one for about each {@value #STEP}
 * bytes. Filled by the first pass over all rows. Thread-safe.
 */
public final class RowIndex {

  private static final long STEP = 1 << 20;

  private final TreeMap<Long, RowStart> starts = new TreeMap<>();
  private RowStart last = RowStart.FIRST;
  private long rows;
  private long[] sizes = {};
  private volatile Consumer<String> progress = how -> {};

  /** Of bytes, for progress. */
  void measure(List<Path> files) {
    sizes = files.stream().mapToLong(file -> file.toFile().length()).toArray();
  }

  /** Receives how far passes over the rows are, often. */
  void progress(Consumer<String> to) {
    progress = to;
  }

  Consumer<String> progress() {
    return progress;
  }

  /** After the first pass. */
  synchronized void end(long count) {
    rows = count;
  }

  /** Of all files together. */
  synchronized long rows() {
    return rows;
  }

  synchronized int size() {
    return starts.size();
  }

  /** Notes a row unless it closely follows the last one noted; rows come in order. */
  synchronized void note(long row, RowStart its) {
    boolean isFar =
        its.file() > last.file() || its.at() - last.at() >= STEP && its.file() == last.file();
    if (isFar || starts.isEmpty()) {
      last = new RowStart(its.file(), its.at(), its.line(), 0);
      starts.put(row - its.rows(), last);
    }
    if (row % 4096 == 4095) {
      long at = LongStream.of(sizes).limit(its.file()).sum() + its.at();
      long end = Math.max(at, LongStream.of(sizes).sum());
      boolean isPlace = its.rows() == 0 && at > 0; // neither in a row group nor packed
      String share = !isPlace ? "" : ", %d %%".formatted(100 * at / end);
      progress.accept("%,d rows counted%s".formatted(row + 1, share));
    }
  }

  /** The last one up to a row; the first row where none is known. */
  synchronized Map.Entry<Long, RowStart> upTo(long row) {
    Map.Entry<Long, RowStart> near = starts.floorEntry(row);
    return near == null ? Map.entry(0L, RowStart.FIRST) : near;
  }

  /** Four numbers for each. */
  public synchronized long[] words() {
    return starts.entrySet().stream()
        .flatMapToLong(
            each -> {
              RowStart its = each.getValue();
              return LongStream.of(each.getKey(), its.file(), its.at(), its.line());
            })
        .toArray();
  }

  /** Takes what {@link #words} of another gave. */
  synchronized void fill(long[] words) {
    for (int i = 0; i < words.length; i += 4) {
      starts.put(words[i], new RowStart((int) words[i + 1], words[i + 2], words[i + 3], 0));
    }
  }
}
