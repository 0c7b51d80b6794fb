package io.cordee.cli.team;

import io.cordee.common.job.Mode;
import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The server, or shard 0 of several: it prints, and its end is that of the job. If it is killed,
 * the next one resumes from its checkpoints, at the same address. Used by one thread, but for
 * {@link #end}.
 */
final class LeadProcess {

  private final TeamSetup setup;
  private final Processes processes;
  private final List<TeamProcess> workers;
  private final ServerAddress address = new ServerAddress();
  private final TeamProcess process;

  private boolean hasStarted;

  /** How many workers had ended for good when the current process began. */
  private int lost;

  /** The progress of this process's run. */
  private RunProgress own;

  /** {@code workers} are those that there are. */
  LeadProcess(
      TeamSetup setup,
      Processes processes,
      List<TeamProcess> workers,
      RunProgress progress,
      Notices notices)
      throws IOException {
    this.setup = setup;
    this.processes = processes;
    this.workers = workers;
    process = new TeamProcess("the server", this::begin, progress, notices);
    if (setup.job().mode() instanceof Mode.Async) {
      process.obstacle = Optional.of("mode async keeps no checkpoints, so its weights are lost");
    }
  }

  /** Waits until it listens, or has ended instead: then it has no address. */
  Optional<String> awaitAddress() throws IOException, InterruptedException {
    address.await(process, process);
    return address.known();
  }

  private Process begin() throws IOException {
    lost = TeamProcess.lost(workers);
    own = new RunProgress(setup.runFolder().resolve(RunFiles.METRICS));
    boolean goesOn =
        setup.isResumed() || hasStarted && Files.exists(setup.runFolder().resolve(RunFiles.JOB));
    hasStarted = true;
    List<String> arguments = setup.lead(address, goesOn, expected());
    if (setup.printing() != TeamSetup.Printing.NOTHING) {
      return processes.startPrinting(arguments);
    }
    Files.createDirectories(setup.runFolder());
    return processes.startLogged(arguments);
  }

  /** How many workers there are, or are going to be again. */
  private int expected() {
    return Math.max(1, setup.workers() - TeamProcess.gone(workers).size());
  }

  /** As one that is looked after, and restarted in due time. */
  TeamProcess process() {
    return process;
  }

  /**
   * Whether it still waits for more workers than there will be; it knows of those that it sent
   * away.
   */
  boolean awaitsTooMany() throws IOException {
    return TeamProcess.lost(workers) > lost && !own.hasBegun();
  }

  /** Returns whether the process that it is now has ended within this time. */
  boolean awaitEnd(Duration patience) throws InterruptedException {
    return process.process().waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  int code() {
    return process.process().exitValue();
  }

  /** Makes it end the job, save the weights and dismiss the workers; waits for it. */
  void end(Duration patience) throws InterruptedException {
    process.process().destroy();
    awaitEnd(patience);
  }
}
