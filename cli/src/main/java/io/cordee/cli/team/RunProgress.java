package io.cordee.cli.team;

import io.cordee.common.run.RoundTable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** How far a job is, by its metrics, which a resumed run leaves alone before its first new row. */
public final class RunProgress {

  private static final int LONGEST_ROW = 1000;
  private static final int NONE = -1;

  private final Path metrics;

  /** When they were last written before; 0 if they were not there. */
  private final long before;

  /** Created before the job starts or resumes. */
  public RunProgress(Path metrics) {
    this.metrics = metrics;
    this.before = metrics.toFile().lastModified();
  }

  public boolean hasChanged() {
    return metrics.toFile().lastModified() != before;
  }

  /** Returns whether a row has been measured since: there is a line below the header. */
  public boolean hasBegun() throws IOException {
    if (!Files.exists(metrics) || !hasChanged()) {
      return false;
    }
    try (Stream<String> lines = Files.lines(metrics)) {
      return lines.limit(2).count() == 2;
    }
  }

  /** The round of the last row; −1 if there is none. */
  public int lastRound() throws IOException {
    if (!Files.exists(metrics)) {
      return NONE;
    }
    try (RandomAccessFile file = new RandomAccessFile(metrics.toFile(), "r")) {
      file.seek(Math.max(0, file.length() - LONGEST_ROW));
      byte[] tail = new byte[(int) (file.length() - file.getFilePointer())];
      file.readFully(tail);
      String[] lines = new String(tail, StandardCharsets.UTF_8).split("\n");
      return RoundTable.roundOf(lines[lines.length - 1]).orElse(NONE);
    }
  }
}
