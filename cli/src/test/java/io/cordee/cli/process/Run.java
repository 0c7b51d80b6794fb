package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/** A run folder. */
public record Run(Path folder) {

  public static final String HEADER =
      "round,loss,train_accuracy,test_accuracy,seconds,rows_per_second,digest";

  /** A row of the metrics. */
  public record Row(
      int round,
      double loss,
      double trainAccuracy,
      OptionalDouble testAccuracy,
      double seconds,
      OptionalDouble rowsPerSecond,
      String digest) {

    private static Row parse(String line) {
      String[] cells = line.split(",", -1);
      assertEquals(7, cells.length, line);
      return new Row(
          Integer.parseInt(cells[0]),
          Double.parseDouble(cells[1]),
          Double.parseDouble(cells[2]),
          optional(cells[3]),
          Double.parseDouble(cells[4]),
          optional(cells[5]),
          cells[6]);
    }

    private static OptionalDouble optional(String cell) {
      return cell.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(cell));
    }
  }

  public Path file(String name) {
    return folder.resolve(name);
  }

  public Path model() {
    return file("model.safetensors");
  }

  /** The lines of a file of it; none if it is not there yet. */
  public List<String> lines(String name) {
    try {
      return Files.exists(file(name)) ? Files.readAllLines(file(name)) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many rounds are in the metrics by now. */
  public int measured() {
    return Math.max(0, lines("metrics.csv").size() - 1);
  }

  public List<Row> rows() {
    List<String> lines = lines("metrics.csv");
    assertEquals(HEADER, lines.get(0));
    return lines.stream().skip(1).map(Row::parse).toList();
  }

  public Row last() {
    List<Row> rows = rows();
    return rows.get(rows.size() - 1);
  }

  /** The digest of every round. */
  public List<String> digests() {
    return rows().stream().map(Row::digest).toList();
  }

  /** How many times the log has this text. */
  public long logged(String text) {
    return lines("run.log").stream().filter(line -> line.contains(text)).count();
  }
}
