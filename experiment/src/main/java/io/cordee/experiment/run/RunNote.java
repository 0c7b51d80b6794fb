package io.cordee.experiment.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.cordee.common.file.WholeFile;
import io.cordee.common.job.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How a run was made, as {@code run.json} in its folder says: what neither the job nor the metrics
 * tell.
 *
 * @param command that the user gave, without {@code cordee}
 * @param began the time of day, in ISO 8601
 * @param settings what makes it one cell of a comparison: axis to value; empty for a single run
 * @param seed of the cell; 0 for a single run
 * @param source where the settings of the optimizer are from
 */
public record RunNote(
    String version,
    List<String> command,
    String began,
    Team team,
    Machine machine,
    Map<String, String> settings,
    long seed,
    String source,
    WireBytes bytes,
    End end) {

  public static final String FILE = "run.json";

  private static final Gson JSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  /**
   * @param workers at a time, at most
   * @param threads of each worker, or {@link #UNKNOWN}
   * @param place {@code processes}, {@code one process} or {@code cluster}
   */
  public record Team(int workers, int threads, int shards, String place) {

    /** Workers that come from elsewhere may differ. */
    public static final int UNKNOWN = 0;

    /** For people: {@code 4 workers (processes)}. */
    public String text() {
      return workers + (workers == 1 ? " worker (" : " workers (") + place + ")";
    }
  }

  public record Machine(String system, int processors, String java) {

    public static Machine here() {
      return new Machine(
          System.getProperty("os.name") + " " + System.getProperty("os.arch"),
          Runtime.getRuntime().availableProcessors(),
          System.getProperty("java.version"));
    }
  }

  /** {@code kind} is one of the constants here, {@code message} one line. */
  public record End(String kind, String message) {
    public static final String OPEN = "open";
    public static final String COMPLETED = "completed";
    public static final String FAILED = "failed";
    public static final String INTERRUPTED = "interrupted";

    /**
     * Returns whether the run would end in the same way again: it was completed, or has diverged.
     */
    public boolean isSettled() {
      return kind.equals(COMPLETED) || kind.equals(FAILED) && message.contains("not finite");
    }
  }

  public RunNote {
    List.of(version, began, team, machine, source, bytes, end, end.kind(), end.message());
    command = List.copyOf(command);
    Map<String, String> ordered = new LinkedHashMap<>(settings);
    ordered.forEach((axis, value) -> List.of(axis, value));
    settings = ordered;
    Objects.requireNonNull(team.place());
  }

  /** Of a run that is no cell. */
  public static RunNote of(
      String version, List<String> command, LocalDateTime began, Team team, Job job, End end) {
    return new RunNote(
        version,
        command,
        began.truncatedTo(ChronoUnit.SECONDS).toString(),
        team,
        Machine.here(),
        Map.of(),
        0,
        "",
        WireBytes.of(job, team.workers()),
        end);
  }

  public RunNote ofCell(Map<String, String> its, long itsSeed, String itsSource) {
    return new RunNote(version, command, began, team, machine, its, itsSeed, itsSource, bytes, end);
  }

  public RunNote endedBy(End how) {
    return new RunNote(version, command, began, team, machine, settings, seed, source, bytes, how);
  }

  /** Writes it into a folder, atomically. */
  public void write(Path folder) throws IOException {
    WholeFile.write(folder.resolve(FILE), JSON.toJson(this) + "\n");
  }

  /** Reads that of a folder; empty if there is none, or it is malformed. */
  public static Optional<RunNote> read(Path folder) {
    try {
      return Optional.ofNullable(
          JSON.fromJson(Files.readString(folder.resolve(FILE)), RunNote.class));
    } catch (IOException | RuntimeException e) {
      // Something is missing in it: Gson wraps or hands on what the constructor says.
      return Optional.empty();
    }
  }
}
