package io.cordee.server.observe;

import io.cordee.common.run.RoundRow;
import io.cordee.common.run.RoundTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** What an earlier process has measured, as the run's {@code metrics.csv} tells. */
final class PastRounds {

  private PastRounds() {}

  /**
   * Reads the rows down to the first that is not sound; there is one at the end where its writer
   * was killed.
   *
   * @throws IOException if it cannot be read
   */
  static void read(Path file, Consumer<RoundRow> each) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      String header = lines.readLine();
      if (header == null) {
        return;
      }
      RoundTable table = RoundTable.parse(header);
      int last = -1;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        RoundRow row = table.read(line);
        if (row.round() <= last) {
          return;
        }
        last = row.round();
        each.accept(row);
      }
    } catch (IllegalArgumentException e) {
      // What follows it cannot be trusted.
    }
  }
}
