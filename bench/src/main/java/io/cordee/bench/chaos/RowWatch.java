package io.cordee.bench.chaos;

import io.cordee.common.run.RoundRow;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks at the end of a run's metrics while it goes on. A run that goes back to a checkpoint writes
 * rows again: they have to be the same.
 */
final class RowWatch {

  private static final int TAIL = 1 << 13;

  private final Rows rows;
  private final Path metrics;
  private final Duration patience;
  private final Map<Integer, RoundRow> seen = new HashMap<>();
  private int best = -1;
  private long gained = System.nanoTime();

  /** {@code patience} is how long no round may be gained. */
  RowWatch(Rows rows, Path metrics, Duration patience) {
    this.rows = rows;
    this.metrics = metrics;
    this.patience = patience;
  }

  /** The highest round that was ever there; -1 if there is none yet. */
  int best() {
    return best;
  }

  /**
   * @throws Deviation if a row is missing or was rewritten with other content, or none has appeared
   *     for too long
   */
  void look() throws IOException, Deviation {
    int before = -1;
    for (String line : tail()) {
      Optional<RoundRow> row = rows.parse(line);
      if (row.isEmpty()) {
        continue; // The header; anything else is found in the end.
      }
      int round = row.get().round();
      if (before >= 0 && round != before + 1) {
        throw new Deviation("rounds are missing between " + before + " and " + round);
      }
      add(row.get());
      before = round;
    }
    if (System.nanoTime() - gained > patience.toNanos()) {
      throw new Deviation(
          "no round was gained for %d s; the last was %d".formatted(patience.toSeconds(), best));
    }
  }

  private void add(RoundRow row) throws Deviation {
    RoundRow before = seen.putIfAbsent(row.round(), row);
    if (before != null && !before.equals(row)) {
      throw new Deviation(
          "a round has come out in two ways: %s and %s"
              .formatted(rows.table().write(before), rows.table().write(row)));
    }
    if (row.round() > best) {
      best = row.round();
      gained = System.nanoTime();
    }
  }

  /** The last lines that are whole. */
  private List<String> tail() throws IOException {
    if (!Files.exists(metrics)) {
      return List.of();
    }
    try (RandomAccessFile file = new RandomAccessFile(metrics.toFile(), "r")) {
      long from = Math.max(0, file.length() - TAIL);
      byte[] bytes = new byte[TAIL];
      file.seek(from);
      int length = Math.max(0, file.read(bytes));
      String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
      int begin = from == 0 ? 0 : text.indexOf('\n') + 1;
      int end = text.lastIndexOf('\n');
      return end <= begin ? List.of() : text.substring(begin, end).lines().toList();
    }
  }
}
