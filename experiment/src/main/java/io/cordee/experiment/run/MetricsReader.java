package io.cordee.experiment.run;

import io.cordee.common.run.RoundRow;
import io.cordee.common.run.RoundTable;
import io.cordee.common.text.OutsideText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code metrics.csv}, also while it is written or after its writer was killed: what is not a
 * whole row ends it.
 */
final class MetricsReader {

  private static final int LONGEST_QUOTE = 60;

  private MetricsReader() {}

  static RunMetrics read(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    List<String> lines = text.lines().toList();
    List<RoundRow> rows = new ArrayList<>();
    try {
      Optional<String> expected = RoundTable.read(lines.iterator(), rows::add);
      boolean isCutOff = rows.size() + 2 == lines.size() && !text.endsWith("\n");
      return RunMetrics.of(
          rows,
          expected
              .filter(it -> !isCutOff)
              .map(it -> file + ", " + damage(lines, rows.size() + 1, it))
              .orElse(""));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /** What is to be said of a row that is not sound, the ones behind which are left out with it. */
  private static String damage(List<String> lines, int at, String expected) {
    int left = lines.size() - 1 - at;
    return "line %s: expected %s; found \"%s\"; it is left out%s%s"
        .formatted(
            at + 1,
            expected,
            OutsideText.printable(lines.get(at), LONGEST_QUOTE),
            left == 0 ? "" : left == 1 ? ", and so is the row behind it" : "",
            left > 1 ? ", and so are the " + left + " rows behind it" : "");
  }
}
