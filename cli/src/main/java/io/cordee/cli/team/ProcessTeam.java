package io.cordee.cli.team;

import io.cordee.cli.commandline.AtExit;
import io.cordee.cli.commandline.ExitCode;
import io.cordee.experiment.run.RunReader;
import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One server, in one or more shards, and some workers, or equals that are both: each a process of
 * its own on this machine. Shard 0 prints; what the others print goes to the run folder's log.
 *
 * <p>Every process is tied to this one by its standard input: should this one be killed, they end
 * too.
 */
public final class ProcessTeam implements AutoCloseable {

  private static final Duration FAREWELL = Duration.ofSeconds(5);
  private static final Duration INTERRUPT = Duration.ofMillis(6700);

  private final TeamSetup setup;
  private final Notices notices;
  private final Processes processes;
  private final RunProgress progress;
  private final Runnable onInterrupted;

  /** But for shard 0. */
  private final List<TeamProcess> shards = new ArrayList<>();

  private final List<TeamProcess> workers = new ArrayList<>();
  private volatile Optional<LeadProcess> lead = Optional.empty();
  private volatile boolean isInterrupted;
  private boolean hasBegun;

  /** {@code onInterrupted} is called on Ctrl-C, when all processes have ended. */
  public ProcessTeam(TeamSetup setup, Runnable onInterrupted) {
    this.setup = setup;
    this.onInterrupted = onInterrupted;
    this.processes = new Processes(setup.log());
    this.notices = new Notices(setup.log(), setup.printing());
    this.progress = new RunProgress(setup.runFolder().resolve(RunFiles.METRICS));
    AtExit.run(this::interrupt);
  }

  /**
   * @return the exit code of the command
   */
  public int run() throws IOException, InterruptedException {
    try {
      int code = runToItsEnd();
      return isInterrupted ? ExitCode.INTERRUPTED : code;
    } catch (InterruptedIOException e) {
      return ExitCode.INTERRUPTED;
    }
  }

  private int runToItsEnd() throws IOException, InterruptedException {
    LeadProcess server = new LeadProcess(setup, processes, workers, progress, notices);
    lead = Optional.of(server);
    Optional<String> address = server.awaitAddress();
    if (address.isEmpty()) {
      return codeOf(server);
    }
    hasBegun = true;
    int started = startShards(server, address.get());
    if (started < setup.shards()) {
      notices.fail(
          "%s %d has not started; %s says why".formatted(setup.member(), started, setup.log()));
      return 1;
    }
    if (!setup.areEqual()) {
      startWorkers(address.get());
    }
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

  /**
   * Starts the servers that share the vector with shard 0, and waits until they listen; so that
   * each knows where to be found, all are started before any is waited for.
   *
   * @param first where shard 0 listens
   * @return how many there are then, in order; the next one has ended instead
   */
  private int startShards(LeadProcess server, String first)
      throws IOException, InterruptedException {
    int started = 1;
    List<ServerAddress> addresses = new ArrayList<>();
    for (int number = 1; number < setup.shards(); number++) {
      int shard = number;
      ServerAddress address = new ServerAddress();
      addresses.add(address);
      shards.add(
          member(
              setup.member() + " " + shard,
              () -> processes.startLogged(setup.shard(shard, address, first))));
    }
    for (TeamProcess shard : shards) {
      ServerAddress address = addresses.get(started - 1);
      address.await(shard, server.process());
      if (address.known().isEmpty()) {
        break;
      }
      started++;
    }
    return started;
  }

  /** {@code server} is where shard 0 listens. */
  private void startWorkers(String server) throws IOException {
    for (int number = 1; number <= setup.workers(); number++) {
      String name = "worker-" + number;
      workers.add(member(name, () -> processes.startLogged(setup.worker(name, server))));
    }
  }

  private TeamProcess member(String name, TeamProcess.Starter starter) throws IOException {
    return new TeamProcess(name, starter, progress, notices);
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
    boolean isCutShort = code == ExitCode.DONE && RunReader.outcome(setup.runFolder()).isEmpty();
    if (isInterrupted || ExitCode.isChosen(code) && !isCutShort) {
      return code;
    }
    notices.fail(
        "the server has ended with %s%s; %s may say why"
            .formatted(ExitCode.death(code), isCutShort ? " before the job" : "", setup.log()));
    return 1;
  }

  /** A worker that was started again too late to hear of the end does not end by itself. */
  private void awaitOthers() throws InterruptedException {
    long deadline = System.nanoTime() + FAREWELL.toNanos();
    for (TeamProcess other : Stream.concat(shards.stream(), workers.stream()).toList()) {
      other.awaitFarewell(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }
  }

  /** On Ctrl-C: the server saves the weights and dismisses the workers; then all processes end. */
  private void interrupt() {
    isInterrupted = true;
    processes.startNoMore();
    notices.interrupted();
    if (lead.isPresent()) {
      try {
        lead.get().end(INTERRUPT);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    processes.close();
    onInterrupted.run();
  }

  /** Ends what is still running; after Ctrl-C, that is done when the server has ended. */
  @Override
  public void close() {
    if (!isInterrupted) {
      processes.close();
    }
  }
}
