package io.cordee.experiment.run;

import io.cordee.common.run.RoundRow;
import io.cordee.common.run.RoundTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code metrics.csv}, also while it is written or after its writer was killed: what is not a
 * whole row ends it.
 */
final class MetricsReader {

  private static final int LONGEST_QUOTE = 60;

  private final Path file;
  private final String text;

  private MetricsReader(Path file, String text) {
    this.file = file;
    this.text = text;
  }

  static RunMetrics read(Path file) throws IOException {
    return new MetricsReader(file, Files.readString(file, StandardCharsets.ISO_8859_1)).read();
  }

  private RunMetrics read() throws IOException {
    List<String> lines = text.lines().toList();
    RoundTable table = table(lines.isEmpty() ? "" : lines.get(0));
    List<RoundRow> rows = new ArrayList<>();
    for (int at = 1; at < lines.size(); at++) {
      try {
        RoundRow row = table.read(lines.get(at));
        int last = rows.isEmpty() ? -1 : rows.get(rows.size() - 1).round();
        if (row.round() <= last) {
          throw new IllegalArgumentException("a round above " + last + " first");
        }
        rows.add(row);
      } catch (IllegalArgumentException e) {
        return RunMetrics.of(rows, damage(lines, at, e.getMessage()));
      }
    }
    return RunMetrics.of(rows, "");
  }

  private RoundTable table(String header) throws IOException {
    try {
      return RoundTable.parse(header);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * What is to be said of a row that is not sound, the ones behind which are left out with it;
   * nothing of one at the very end, which was not written to its end.
   */
  private String damage(List<String> lines, int at, String expected) {
    int left = lines.size() - 1 - at;
    if (left == 0 && !text.endsWith("\n")) {
      return "";
    }
    String found = lines.get(at).replaceAll("[^ -~]", "?");
    String shown =
        found.length() > LONGEST_QUOTE ? found.substring(0, LONGEST_QUOTE) + "..." : found;
    return "%s, line %s: expected %s; found \"%s\"; it is left out%s%s"
        .formatted(
            file,
            at + 1,
            expected,
            shown,
            left == 0 ? "" : left == 1 ? ", and so is the row behind it" : "",
            left > 1 ? ", and so are the " + left + " rows behind it" : "");
  }
}
