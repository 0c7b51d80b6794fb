package io.cordee.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.cli.Typed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

public record Run(Path folder) {

  /** The columns of every job; those of its metrics follow. */
  public static final String HEADER =
      "round,loss,train_accuracy,test_accuracy,seconds,rows_per_second,digest,test_loss,validation_loss,validation_accuracy";

  /** By the options of a job, the digests of its longest undisturbed run so far. */
  private static final Map<List<String>, List<String>> QUIET = new ConcurrentHashMap<>();

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
      assertTrue(cells.length >= 10, line);
      return new Row(
          Integer.parseInt(cells[0]),
          Double.parseDouble(cells[1]),
          cells[2].isEmpty() ? Double.NaN : Double.parseDouble(cells[2]),
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

  /** Empty if there is no such file yet. */
  public List<String> lines(String name) {
    try {
      return Files.exists(file(name)) ? Files.readAllLines(file(name)) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int measured() {
    return Math.max(0, lines("metrics.csv").size() - 1);
  }

  public List<Row> rows() {
    List<String> lines = lines("metrics.csv");
    assertTrue(lines.get(0).startsWith(HEADER), lines.get(0));
    return lines.stream().skip(1).map(Row::parse).toList();
  }

  public Row last() {
    List<Row> rows = rows();
    return rows.get(rows.size() - 1);
  }

  public List<String> digests() {
    return rows().stream().map(Row::digest).toList();
  }

  public long logged(String text) {
    return lines("run.log").stream().filter(line -> line.contains(text)).count();
  }

  public void expectRounds(int last) {
    assertEquals(
        IntStream.rangeClosed(0, last).boxed().toList(), rows().stream().map(Row::round).toList());
  }

  /** Same digests as an undisturbed worker's, on the built-in job with these options. */
  public void expectQuietDigests(String... job) {
    List<String> found = digests();
    List<String> quiet =
        QUIET.compute(
            List.of(job),
            (options, known) ->
                known != null && known.size() >= found.size() ? known : quiet(options));
    assertEquals(quiet.subList(0, found.size()), found);
  }

  private List<String> quiet(List<String> job) {
    Path quiet = folder.resolveSibling(folder.getFileName() + "-quiet");
    Stream<String> rounds = Stream.of("--set=stop.rounds=" + (digests().size() - 1));
    return Typed.train(quiet, Stream.concat(rounds, job.stream()).toArray(String[]::new)).digests();
  }

  /** Loses the rows after this round, as a power failure does. */
  public void cut(int round) throws IOException {
    Files.write(file("metrics.csv"), lines("metrics.csv").subList(0, round + 2));
  }

  /** A hash of each file but the log, by name. */
  public Map<String, Integer> contents() throws IOException {
    Map<String, Integer> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith("run.log")) {
          contents.put(file.toString(), Arrays.hashCode(Files.readAllBytes(file)));
        }
      }
    }
    return contents;
  }
}
