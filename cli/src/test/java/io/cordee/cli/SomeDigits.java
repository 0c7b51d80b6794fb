package io.cordee.cli;

import io.cordee.worker.data.DataSources;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The first digits: where any rows will do, since reading all of them takes most of the time. */
final class SomeDigits {

  private static final int ROWS = 300;

  private SomeDigits() {}

  /** Writes them there; returns the options that have a job take them, and none to test on. */
  static List<String> in(Path folder) throws IOException {
    try (BufferedReader all =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(DataSources.class.getResourceAsStream("digits.csv.gz")),
                StandardCharsets.US_ASCII))) {
      Files.write(folder.resolve("digits.csv"), all.lines().limit(ROWS).toList());
    }
    return List.of(
        "--data=" + folder,
        "--set=data={train: {format: csv, header: false, file: digits.csv, label: 64, scale: 16}}");
  }
}
