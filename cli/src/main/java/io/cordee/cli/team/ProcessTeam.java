package io.cordee.cli.team;

import io.cordee.cli.commandline.AtExit;
import io.cordee.cli.commandline.ExitCode;
import io.cordee.cli.commandline.TemporaryFolder;
import io.cordee.cli.process.JavaProcess;
import io.cordee.cli.process.ServerAddress;
import io.cordee.cli.process.Supervised;
import io.cordee.cli.process.Supervisor;
import io.cordee.common.job.Mode;
import io.cordee.common.retry.Backoff;
import io.cordee.experiment.run.RunReader;
import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * One server, in one or more shards, and some workers, or equals that are both: each a process of
 * its own on this machine, started again if it dies. Shard 0 prints, and its end is that of the
 * job; the output of the others goes to the run folder's log.
 *
 * <p>Every process is tied to this one by its standard input: should this one be killed, they end
 * too.
 */
public final class ProcessTeam implements AutoCloseable {

  private static final AtomicInteger ADDRESSES = new AtomicInteger();

  private static final Duration ADDRESS_POLL = Duration.ofMillis(10);
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** Limits how long processes may take to end by themselves once the server or a worker has. */
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  /** The server's time to keep its weights; that is all it does once a worker has completed. */
  private static final Duration KEEPING = Duration.ofSeconds(90);

  private static final Duration INTERRUPT = Duration.ofMillis(6700);

  private final TeamSetup setup;
  private final Runnable onInterrupted;
  private final Notices notices;
  private final RunProgress progress;
  private final Token token;
  private final Supervisor processes = new Supervisor(Duration.ZERO);

  /** The server, or shard 0: if it is killed, the next one resumes from its checkpoints. */
  final Supervised server;

  private final ServerAddress address;

  /** But for shard 0. */
  private final List<Supervised> shards = new ArrayList<>();

  private final List<Supervised> workers = new ArrayList<>();

  /** The progress of the server's current process. */
  private RunProgress own;

  /** How many workers had ended for good when that began. */
  private int lostBefore;

  private boolean hasBegun;
  private volatile boolean isInterrupted;

  /** {@code onInterrupted} is called on Ctrl-C, when all processes have ended. */
  public ProcessTeam(TeamSetup setup, Runnable onInterrupted) throws IOException {
    this.setup = setup;
    this.onInterrupted = onInterrupted;
    notices = new Notices(setup.log(), setup.printing());
    progress = progress();
    own = progress;
    token = Token.make();
    address = address();
    server = processes.child("the server", this::server, restarts(obstacle()));
    AtExit.run(this::interrupt);
  }

  private RunProgress progress() {
    return new RunProgress(setup.runFolder().resolve(RunFiles.METRICS));
  }

  private static ServerAddress address() throws IOException {
    Path file = TemporaryFolder.path().resolve("address-" + ADDRESSES.getAndIncrement());
    return new ServerAddress("127.0.0.1", file);
  }

  private Restarts restarts(Optional<String> obstacle) {
    Backoff backoff = new Backoff(ThreadLocalRandom.current(), Restarts.LONGEST_PAUSE);
    return new Restarts(backoff, progress, notices, obstacle);
  }

  private Optional<String> obstacle() {
    return setup.job().mode() instanceof Mode.Async
        ? Optional.of("mode async keeps no checkpoints, so its weights are lost")
        : Optional.empty();
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
    server.start();
    if (!awaitAddress(address, server)) {
      return code();
    }
    hasBegun = true;
    if (!startShards()) {
      return 1;
    }
    if (!setup.arePeers()) {
      startWorkers();
    }
    if (!awaitEnd()) {
      return 1;
    }
    int code = code();
    if (ExitCode.isChosen(server.code())) {
      awaitOthers();
    }
    return code;
  }

  private ProcessBuilder server() throws IOException {
    lostBefore = lost();
    own = progress();
    boolean goesOn =
        setup.isResumed()
            || server.starts() > 0 && Files.exists(setup.runFolder().resolve(RunFiles.JOB));
    // Workers that run, or will be restarted.
    int expected = Math.max(1, setup.workers() - gone(workers).size());
    List<String> arguments = setup.lead(address, goesOn, expected);
    if (setup.printing() == TeamSetup.Printing.NOTHING) {
      Files.createDirectories(setup.runFolder());
      return logged(arguments);
    }
    return token.knownTo(
        JavaProcess.cordee(arguments)
            .redirectOutput(Redirect.INHERIT)
            .redirectError(Redirect.INHERIT));
  }

  private ProcessBuilder logged(List<String> arguments) {
    return token.knownTo(JavaProcess.cordee(arguments, setup.log()));
  }

  private Supervised start(String name, Supervised.Command command) throws IOException {
    return processes.child(name, command, restarts(Optional.empty())).start();
  }

  /**
   * Waits until a server listens; returns false if it has ended instead. Looks after it, and after
   * shard 0, meanwhile.
   */
  private boolean awaitAddress(ServerAddress its, Supervised one)
      throws IOException, InterruptedException {
    while (its.find().isEmpty() && !one.isGone()) {
      TimeUnit.NANOSECONDS.sleep(ADDRESS_POLL.toNanos());
      one.tend();
      server.tend();
    }
    return its.find().isPresent();
  }

  /**
   * Starts the servers that share the vector with shard 0, and waits until they listen; so that
   * each knows where to be found, all are started before any is waited for.
   *
   * @return false if one has ended instead, which was said
   */
  private boolean startShards() throws IOException, InterruptedException {
    String first = address.find().orElseThrow();
    Map<Supervised, ServerAddress> addresses = new LinkedHashMap<>();
    for (int number = 1; number < setup.shards(); number++) {
      int shard = number;
      ServerAddress its = address();
      Supervised started =
          start(setup.member() + " " + shard, () -> logged(setup.shard(shard, its, first)));
      shards.add(started);
      addresses.put(started, its);
    }
    for (Map.Entry<Supervised, ServerAddress> each : addresses.entrySet()) {
      if (!awaitAddress(each.getValue(), each.getKey())) {
        notices.fail(
            "%s has not started; %s says why".formatted(each.getKey().name(), setup.log()));
        return false;
      }
    }
    return true;
  }

  private void startWorkers() throws IOException {
    String first = address.find().orElseThrow();
    for (int number = 1; number <= setup.workers(); number++) {
      String name = "worker-" + number;
      workers.add(start(name, () -> logged(setup.worker(name, first))));
    }
  }

  /**
   * Supervises all processes until the job ends. If the server waits in vain, since all workers are
   * gone, or a shard is, this tells it to keep its weights and end.
   *
   * @return whether the server has ended by itself; if not, it was told to, and why was said
   */
  boolean awaitEnd() throws IOException, InterruptedException {
    while (true) {
      boolean hasEnded = server.awaitEnd(LOOK);
      if (isInterrupted) {
        if (hasEnded) {
          return true;
        }
        continue; // exits are intended now
      }
      if (hasEnded && !ExitCode.isChosen(server.code())) {
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos()); // it may be started again in a moment
      }
      server.tend();
      if (server.isGone()) {
        return true; // a restarted worker would find no server
      }
      for (Supervised other : others()) {
        other.tend();
      }
      boolean isCompleted = workers.stream().anyMatch(each -> each.isGone() && each.code() == 0);
      if (isInVain() && !server.awaitEnd(isCompleted ? KEEPING : FAREWELL)) {
        server.end(KEEPING);
        notices.fail(complaint());
        return false;
      }
    }
  }

  private List<Supervised> others() {
    return Stream.concat(shards.stream(), workers.stream()).toList();
  }

  private boolean isInVain() throws IOException {
    // The server knows which workers it refused; before its first round it waits for all others.
    boolean awaitsTooMany = lost() > lostBefore && !own.hasBegun();
    return areAllWorkersGone() || !gone(shards).isEmpty() || awaitsTooMany;
  }

  private boolean areAllWorkersGone() {
    return !setup.arePeers() && workers.stream().allMatch(Supervised::isGone);
  }

  /** Counts workers that have ended for good, and the server does not know it. */
  private int lost() {
    return (int)
        workers.stream().filter(each -> each.isGone() && each.code() != ExitCode.SENT_AWAY).count();
  }

  /** Returns the names of the processes that have ended for good. */
  private static List<String> gone(List<Supervised> team) {
    return team.stream().filter(Supervised::isGone).map(Supervised::name).toList();
  }

  private String complaint() {
    List<String> gone = gone(shards);
    String who =
        !gone.isEmpty()
            ? String.join(" and ", gone)
            : areAllWorkersGone() ? "every worker" : String.join(" and ", gone(workers));
    Path model = setup.runFolder().resolve(RunFiles.MODEL);
    String kept = Files.exists(model) ? "; the weights so far are kept in " + model : "";
    return who + " has ended before the job; " + setup.log() + " says why" + kept;
  }

  /** Returns the server's, unless it did not end by itself. */
  private int code() {
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

  /**
   * Waits for all but the server to end by themselves, as the job has: they may have a last
   * checkpoint to write. A worker that was started again too late to hear of the end does not.
   */
  private void awaitOthers() throws InterruptedException {
    long deadline = System.nanoTime() + FAREWELL.toNanos();
    for (Supervised other : others()) {
      other.awaitEnd(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }
  }

  /** Tells whether there was a server: one that was refused has not touched the run's folder. */
  public boolean hasBegun() {
    return hasBegun;
  }

  /** Tells whether the log has more on why the job has failed than was said. */
  public boolean pointsToLog() {
    return notices.hasFailed();
  }

  /** On Ctrl-C: the server saves the weights and dismisses the workers; then all processes end. */
  private void interrupt() {
    isInterrupted = true;
    processes.startNoMore();
    notices.interrupted();
    server.end(INTERRUPT);
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
