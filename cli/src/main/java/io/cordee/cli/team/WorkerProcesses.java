package io.cordee.cli.team;

import io.cordee.common.job.JobFile;
import io.cordee.common.retry.Backoff;
import io.cordee.server.run.RunFiles;
import io.cordee.worker.data.DataFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** The workers of a local team. One that crashes or is killed is started again. */
final class WorkerProcesses {

  private final TeamSetup setup;
  private final Processes processes;
  private final List<TeamProcess> workers = new ArrayList<>();

  /** The folders that the job's files are in. */
  private List<Path> data = List.of();

  WorkerProcesses(TeamSetup setup, Processes processes) {
    this.setup = setup;
    this.processes = processes;
  }

  /**
   * Starts all of them.
   *
   * @param servers where the shards listen, in order
   */
  void start(List<String> servers, RunProgress progress, Notices notices) throws IOException {
    // The job is written where the server has begun.
    data =
        DataFolder.rootsFor(
            JobFile.read(setup.runFolder().resolve(RunFiles.JOB), List.of()).data(),
            setup.data().orElse(DataFolder.DEFAULT_ROOT));
    String addresses = String.join(",", servers);
    for (int i = 1; i <= setup.workers(); i++) {
      workers.add(
          new TeamProcess(
              "worker-" + i,
              name -> start(name, addresses),
              new Restarts(new Backoff(ThreadLocalRandom.current())),
              progress,
              notices));
    }
  }

  private Process start(String name, String addresses) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("worker", "--leash", "--server", addresses, "--name", name));
    arguments.addAll(List.of("--threads", Integer.toString(setup.threads())));
    data.stream()
        .filter(Files::isDirectory)
        .forEach(folder -> arguments.addAll(List.of("--data", folder.toString())));
    arguments.addAll(setup.forAll());
    return processes.startLogged(arguments, setup.log());
  }

  /** How many there are, or are going to be again. */
  int expected() {
    return Math.max(1, setup.workers() - gone().size());
  }

  /** Looks after each of them. */
  void tend() throws IOException {
    for (TeamProcess worker : workers) {
      worker.tend();
    }
  }

  /** The names of those that have ended for good. */
  List<String> gone() {
    return workers.stream().filter(TeamProcess::isGone).map(TeamProcess::name).toList();
  }

  /** Whether one has been sent home from a job that is completed. */
  boolean hasOneCompleted() {
    return workers.stream().anyMatch(TeamProcess::hasCompleted);
  }

  boolean areAllGone() {
    return workers.stream().allMatch(TeamProcess::isGone);
  }

  List<Process> all() {
    return workers.stream().map(TeamProcess::process).toList();
  }
}
