package io.cordee.experiment.run;

import io.cordee.common.job.Job;
import io.cordee.common.job.file.JobFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes run folders as training does. */
public final class MadeUpRun {

  public static final String HEADER =
      "round,loss,train_accuracy,test_accuracy,seconds,rows_per_second,digest\n";

  private MadeUpRun() {}

  public static Job job(String... overrides) {
    return JobFile.defaultJob(List.of(overrides));
  }

  /** {@code rows} go below the header of the metrics. */
  public static Path write(Path folder, Job job, String rows) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("job.yaml"), JobFile.write(job));
      Files.writeString(folder.resolve("metrics.csv"), HEADER + rows);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A cell of a comparison, that has completed. */
  public static Run cell(
      Path folder, Job job, String rows, Map<String, String> settings, long seed) {
    write(folder, job, rows);
    note(folder, job, settings, seed, new RunNote.End(RunNote.End.COMPLETED, ""));
    return read(folder);
  }

  public static ComparisonNote comparison(String name, String... targets) {
    return new ComparisonNote(
        name, List.of(), Map.of(), List.of(), "", List.of(targets), List.of());
  }

  public static Path note(
      Path folder, Job job, Map<String, String> settings, long seed, RunNote.End end) {
    return note(folder, job, new RunNote.Team(4, 1, 1, "processes"), settings, seed, end);
  }

  public static Path note(
      Path folder,
      Job job,
      RunNote.Team team,
      Map<String, String> settings,
      long seed,
      RunNote.End end) {
    try {
      new RunNote(
              "cordee test",
              List.of("compare"),
              "2026-01-02T03:04:05",
              team,
              RunNote.Machine.here(),
              settings,
              seed,
              "preset",
              WireBytes.of(job, 4),
              end)
          .write(folder);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The loss is halved each round; the accuracy is 1 − loss. */
  public static String halving(int rounds, int evaluateEvery) {
    StringBuilder rows = new StringBuilder();
    for (int round = 0; round <= rounds; round++) {
      double loss = Math.pow(0.5, round);
      String test = round % evaluateEvery == 0 ? String.valueOf(1 - loss) : "";
      rows.append(
          String.format(
              Locale.ROOT,
              "%d,%s,%s,%s,%s,1000.0,%016x%n",
              round,
              loss,
              1 - loss,
              test,
              0.5 * round,
              round));
    }
    return rows.toString();
  }

  public static Run read(Path folder) {
    try {
      return RunReader.read(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
