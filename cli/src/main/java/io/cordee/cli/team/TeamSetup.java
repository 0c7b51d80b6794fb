package io.cordee.cli.team;

import io.cordee.cli.process.ServerAddress;
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
 * @param data the folders that the job's files are in
 * @param forWorkers more options of every process that computes
 * @param arePeers whether each worker is a shard as well, and there is no other
 * @param threads compute threads of each worker
 * @param forLead more options of the server, or of shard 0
 * @param forAll more options of every process
 * @param job as resolved
 */
public record TeamSetup(
    Optional<Path> jobFile,
    List<String> overrides,
    Path runFolder,
    boolean isResumed,
    List<Path> data,
    List<String> forWorkers,
    boolean arePeers,
    int shards,
    int workers,
    int threads,
    List<String> forLead,
    List<String> forAll,
    Job job,
    Printing printing) {

  public enum Printing {
    /** Progress and the end. */
    USUAL,
    /** Nothing but why the job has failed. */
    FAILURES,
    /** Nothing; all messages go to the run folder's log. */
    NOTHING
  }

  /** What a process is called that has a part of the vector. */
  String member() {
    return arePeers ? "peer" : "shard";
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
    List<String> arguments = arePeers ? peer(0, "127.0.0.1:0") : shard(0);
    if (!arePeers) {
      arguments.addAll(List.of("--workers", "" + awaited));
    }
    jobFile.ifPresent(file -> arguments.addAll(List.of("--job", file.toString())));
    overrides.forEach(override -> arguments.addAll(List.of("--set", override)));
    arguments.addAll(address.options());
    arguments.addAll(List.of(goesOn ? "--resume" : "--out", runFolder.toString()));
    arguments.addAll(forLead);
    if (printing != Printing.USUAL) {
      arguments.add("--quiet");
    }
    return forAll(arguments);
  }

  /** That of another shard; {@code lead} is where shard 0 listens. */
  List<String> shard(int number, ServerAddress address, String lead) {
    List<String> arguments = arePeers ? peer(number, lead) : shard(number);
    if (!arePeers) {
      arguments.addAll(List.of("--lead", lead));
    }
    arguments.addAll(List.of("--quiet", "--out", runFolder.toString()));
    arguments.addAll(address.options());
    return forAll(arguments);
  }

  private List<String> shard(int number) {
    return new ArrayList<>(List.of("server", "--leash", "--shard", number + "/" + shards));
  }

  private List<String> peer(int number, String lead) {
    List<String> arguments = new ArrayList<>(List.of("peer", "--leash", "--lead", lead));
    arguments.addAll(List.of("--index", "" + number, "--of", "" + shards));
    return computing(arguments);
  }

  /** That of a worker; {@code server} is where shard 0 listens. */
  List<String> worker(String name, String server) {
    return forAll(
        computing(
            new ArrayList<>(List.of("worker", "--leash", "--name", name, "--server", server))));
  }

  private List<String> computing(List<String> arguments) {
    arguments.addAll(List.of("--threads", "" + threads));
    data.stream()
        .filter(Files::isDirectory)
        .forEach(folder -> arguments.addAll(List.of("--data", folder.toString())));
    arguments.addAll(forWorkers);
    return arguments;
  }

  private List<String> forAll(List<String> arguments) {
    arguments.addAll(forAll);
    return arguments;
  }
}
