package io.cordee.cli.team;

import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One server, in one or more shards, and some workers, each a process of its own on this machine.
 * Shard 0 prints; what the others print goes to the run folder's log.
 *
 * <p>Every process is tied to this one by its standard input: should this one be killed, they end
 * too.
 */
public final class LocalTeam implements AutoCloseable {

  private static final Duration FAREWELL = Duration.ofSeconds(5);
  private static final Duration INTERRUPT = Duration.ofMillis(6700);

  private final TeamSetup setup;
  private final Notices notices;
  private final TeamToken token;
  private final Processes processes;
  private final RunProgress progress;
  private final ShardProcesses shards;
  private final WorkerProcesses workers;
  private volatile Optional<LeadProcess> lead = Optional.empty();
  private volatile boolean isInterrupted;
  private boolean hasBegun;

  /**
   * @throws IOException if there is no room for what its processes are to share
   */
  public LocalTeam(TeamSetup setup) throws IOException {
    this.setup = setup;
    this.token = TeamToken.make();
    this.processes = new Processes(token);
    this.notices = new Notices(setup);
    this.progress = new RunProgress(setup.runFolder().resolve(RunFiles.METRICS));
    this.shards = new ShardProcesses(setup, processes, progress, notices);
    this.workers = new WorkerProcesses(setup, processes);
    Runtime.getRuntime().addShutdownHook(new Thread(this::interrupt, "interrupt"));
  }

  /**
   * Runs the job to its end.
   *
   * @return the exit code of the command
   */
  public int run() throws IOException, InterruptedException {
    LeadProcess server = LeadProcess.start(setup, processes, workers::expected, progress, notices);
    lead = Optional.of(server);
    if (server.address().isEmpty()) {
      return codeOf(server);
    }
    hasBegun = true;
    List<String> addresses = new ArrayList<>(List.of(server.address().get()));
    addresses.addAll(shards.start(addresses.get(0), server::tend));
    if (addresses.size() < setup.shards()) {
      notices.fail("shard " + addresses.size() + " has not started; " + setup.log() + " says why");
      return 1;
    }
    workers.start(addresses, progress, notices);
    Watch watch = new Watch(setup, server, shards, workers, notices, () -> isInterrupted);
    if (!watch.awaitEnd()) {
      return 1;
    }
    int code = codeOf(server);
    if (ExitCode.isChosen(server.code())) {
      awaitOthers();
    }
    return code;
  }

  /** Whether there was a server: one that was refused has not touched the run's folder. */
  public boolean hasBegun() {
    return hasBegun;
  }

  /** Whether the log has more on why the job has failed than was said. */
  public boolean pointsToLog() {
    return notices.hasFailed();
  }

  /** That of the server, unless it did not end by itself. */
  private int codeOf(LeadProcess server) {
    int code = server.code();
    if (isInterrupted || ExitCode.isChosen(code)) {
      return code;
    }
    notices.fail(
        "the server has ended with " + ExitCode.death(code) + "; " + setup.log() + " may say why");
    return 1;
  }

  private void awaitOthers() throws InterruptedException {
    long deadline = System.nanoTime() + FAREWELL.toNanos();
    List<Process> others = new ArrayList<>(workers.all());
    others.addAll(shards.all());
    for (Process process : others) {
      process.waitFor(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
  }

  /** On Ctrl-C: the server saves the weights and dismisses the workers; then all processes end. */
  private void interrupt() {
    isInterrupted = true;
    if (lead.isPresent()) {
      try {
        lead.get().end(INTERRUPT);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    close();
  }

  /** Ends what is still running. */
  @Override
  public void close() {
    processes.close();
    try {
      token.close();
    } catch (IOException e) {
      System.err.println("cannot delete the team's token: " + e.getMessage());
    }
  }
}
