package io.cordee.cli.team;

import io.cordee.common.job.Job;
import io.cordee.server.run.RunFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a local team is to train, and with how many processes.
 *
 * @param jobFile the built-in job if there is none
 * @param isResumed whether the run folder holds the beginning of the job
 * @param data where the workers look for files
 * @param threads compute threads of each worker
 * @param forLead more options of the server, or of shard 0
 * @param forAll more options of every process
 * @param isLarge whether it pays that the server steps the model by vectors
 */
public record TeamSetup(
    Optional<Path> jobFile,
    List<String> overrides,
    Path runFolder,
    boolean isResumed,
    Optional<Path> data,
    int shards,
    int workers,
    int threads,
    List<String> forLead,
    List<String> forAll,
    boolean isLarge,
    Printing printing) {

  private static final int LARGE = 1_000_000;

  /** What the team's processes print. */
  public enum Printing {
    /** Progress and the end. */
    USUAL,
    /** Nothing but why the job has failed. */
    FAILURES,
    /** Nothing; all messages go to the run folder's log. */
    NOTHING
  }

  /** Whether a model is large. */
  public static boolean isLarge(Job job) {
    return job.model().layout().parameters() >= LARGE;
  }

  Path log() {
    return runFolder.resolve(RunFiles.LOG);
  }

  /**
   * The command line of the server, or of shard 0.
   *
   * @param goesOn whether the run folder holds the beginning of the job
   * @param awaited how many workers it waits for
   */
  List<String> lead(ServerAddress address, boolean goesOn, int awaited) {
    List<String> arguments = new ArrayList<>(List.of("server", "--leash"));
    jobFile.ifPresent(file -> arguments.addAll(List.of("--job", file.toString())));
    overrides.forEach(override -> arguments.addAll(List.of("--set", override)));
    arguments.addAll(address.options());
    arguments.addAll(List.of(goesOn ? "--resume" : "--out", runFolder.toString()));
    arguments.addAll(List.of("--workers", "" + awaited, "--shard", "0/" + shards));
    arguments.addAll(forLead);
    if (printing != Printing.USUAL) {
      arguments.add("--quiet");
    }
    return forAll(arguments);
  }

  /**
   * That of another shard.
   *
   * @param lead where shard 0 listens
   */
  List<String> shard(int number, ServerAddress address, String lead) {
    List<String> arguments = new ArrayList<>(List.of("server", "--leash", "--quiet"));
    arguments.addAll(List.of("--out", runFolder.toString()));
    arguments.addAll(List.of("--shard", number + "/" + shards, "--lead", lead));
    arguments.addAll(address.options());
    return forAll(arguments);
  }

  /**
   * That of a worker.
   *
   * @param servers where the shards listen, in order
   * @param folders that the job's files are in
   */
  List<String> worker(String name, String servers, List<Path> folders) {
    List<String> arguments = new ArrayList<>(List.of("worker", "--leash", "--name", name));
    arguments.addAll(List.of("--server", servers, "--threads", "" + threads));
    folders.stream()
        .filter(Files::isDirectory)
        .forEach(folder -> arguments.addAll(List.of("--data", folder.toString())));
    return forAll(arguments);
  }

  private List<String> forAll(List<String> arguments) {
    arguments.addAll(forAll);
    return arguments;
  }
}
