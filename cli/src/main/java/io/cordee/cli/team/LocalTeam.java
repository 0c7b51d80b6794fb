package io.cordee.cli.team;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One server, in one or more shards, and some workers, each a process of its own on this machine.
 * Shard 0 prints; what the others print goes to the run folder's log.
 *
 * <p>Every process is tied to this one by its standard input: should this one be killed, they end
 * too.
 */
public final class LocalTeam implements AutoCloseable {

  /** The exit codes that a server chooses; others mean that it crashed or was killed. */
  private static final Set<Integer> OWN_CODES = Set.of(0, 1, 2, 130);

  private static final Duration FAREWELL = Duration.ofSeconds(5);
  private static final Duration INTERRUPT = Duration.ofMillis(1700);
  private static final Duration POLL = Duration.ofMillis(10);

  /**
   * @param jobFile the built-in job if there is none
   * @param data where the workers look for files
   */
  public record Setup(
      Optional<Path> jobFile,
      List<String> overrides,
      Path runFolder,
      boolean isResumed,
      Optional<Path> data,
      int shards,
      int workers,
      int threads,
      boolean isQuiet) {}

  private final Setup setup;
  private final List<Process> shards = new ArrayList<>();
  private final Map<String, Process> workers = new LinkedHashMap<>();
  private Optional<Process> server = Optional.empty();
  private volatile boolean isInterrupted;

  public LocalTeam(Setup setup) {
    this.setup = setup;
    Runtime.getRuntime().addShutdownHook(new Thread(this::interrupt, "interrupt"));
  }

  /**
   * Runs the job to its end.
   *
   * @return the exit code of the command
   */
  public int run() throws IOException, InterruptedException {
    Path announcements = Files.createTempDirectory("cordee-");
    Process lead = startServer(announcements.resolve("0"));
    List<String> addresses = new ArrayList<>();
    try {
      Optional<String> first = awaitAddress(lead, announcements.resolve("0"));
      if (first.isEmpty()) {
        return codeOf(lead);
      }
      addresses.add(first.get());
      for (int i = 1; i < setup.shards(); i++) {
        Path announcement = announcements.resolve(Integer.toString(i));
        Process shard = startShard(i, first.get(), announcement);
        Optional<String> address = awaitAddress(shard, announcement);
        if (address.isEmpty()) {
          System.err.println("failed: shard " + i + " has not started; " + log() + " says why");
          return 1;
        }
        addresses.add(address.get());
      }
    } finally {
      for (int i = 0; i < setup.shards(); i++) {
        Files.deleteIfExists(announcements.resolve(Integer.toString(i)));
      }
      Files.deleteIfExists(announcements);
    }
    for (int i = 1; i <= setup.workers(); i++) {
      startWorker("worker-" + i, String.join(",", addresses));
    }
    int code = awaitEnd(lead);
    awaitOthers();
    return code;
  }

  private synchronized Process startServer(Path announcement) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("server", "--leash"));
    setup.jobFile().ifPresent(file -> arguments.addAll(List.of("--job", file.toString())));
    setup.overrides().forEach(override -> arguments.addAll(List.of("--set", override)));
    arguments.addAll(List.of("--listen", "127.0.0.1:0", "--announce", announcement.toString()));
    arguments.addAll(
        List.of(setup.isResumed() ? "--resume" : "--out", setup.runFolder().toString()));
    arguments.addAll(List.of("--workers", Integer.toString(setup.workers())));
    arguments.addAll(List.of("--shard", "0/" + setup.shards()));
    if (setup.isQuiet()) {
      arguments.add("--quiet");
    }
    Process process =
        JavaProcess.cordee(arguments)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    server = Optional.of(process);
    return process;
  }

  private synchronized Process startShard(int number, String lead, Path announcement)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("server", "--leash", "--quiet"));
    arguments.addAll(List.of("--out", setup.runFolder().toString()));
    arguments.addAll(List.of("--shard", number + "/" + setup.shards(), "--lead", lead));
    arguments.addAll(List.of("--listen", "127.0.0.1:0", "--announce", announcement.toString()));
    Process process = startLogged(arguments);
    shards.add(process);
    return process;
  }

  private Process startLogged(List<String> arguments) throws IOException {
    return JavaProcess.cordee(arguments)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
        .start();
  }

  private Path log() {
    return setup.runFolder().resolve("run.log");
  }

  private static Optional<String> awaitAddress(Process server, Path announcement)
      throws IOException, InterruptedException {
    while (!Files.exists(announcement)) {
      if (server.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
        return Optional.empty();
      }
    }
    return Optional.of(Files.readString(announcement));
  }

  private synchronized void startWorker(String name, String address) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("worker", "--leash", "--server", address, "--name", name));
    arguments.addAll(List.of("--threads", Integer.toString(setup.threads())));
    setup.data().ifPresent(data -> arguments.addAll(List.of("--data", data.toString())));
    workers.put(name, startLogged(arguments));
  }

  /**
   * Waits for the server, unless there is nothing to wait for: every worker has ended, or one has
   * before the first round, which needs them all.
   */
  private int awaitEnd(Process server) throws InterruptedException, IOException {
    while (!server.waitFor(200, TimeUnit.MILLISECONDS)) {
      List<String> ended =
          workers.keySet().stream().filter(name -> !workers.get(name).isAlive()).toList();
      boolean isInVain = ended.size() == workers.size() || !ended.isEmpty() && !hasBegun();
      if (isInVain && !server.waitFor(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
        boolean isEverybody = ended.size() == workers.size();
        System.err.println(
            "failed: "
                + (isEverybody ? "every worker" : String.join(" and ", ended))
                + " has ended before the job; "
                + log()
                + " says why");
        return 1;
      }
    }
    return codeOf(server);
  }

  /** That of the server, unless it did not end by itself. */
  private int codeOf(Process server) {
    int code = server.exitValue();
    if (isInterrupted || OWN_CODES.contains(code)) {
      return code;
    }
    System.err.println(
        "failed: the server has ended with exit code " + code + "; " + log() + " may say why");
    return 1;
  }

  /** Whether the first row has been measured: there is a line below the header. */
  private boolean hasBegun() throws IOException {
    try (Stream<String> lines = Files.lines(setup.runFolder().resolve("metrics.csv"))) {
      return lines.limit(2).count() == 2;
    }
  }

  private void awaitOthers() throws InterruptedException {
    long deadline = System.nanoTime() + FAREWELL.toNanos();
    List<Process> others = new ArrayList<>(workers.values());
    others.addAll(shards);
    for (Process process : others) {
      process.waitFor(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
  }

  /** On Ctrl-C: the server keeps what there is and sends the workers home; then nothing is left. */
  private void interrupt() {
    isInterrupted = true;
    stop();
  }

  private synchronized void stop() {
    server.ifPresent(
        process -> {
          process.destroy();
          try {
            process.waitFor(INTERRUPT.toMillis(), TimeUnit.MILLISECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    close();
  }

  /** Ends what is still running. */
  @Override
  public synchronized void close() {
    workers.values().forEach(Process::destroyForcibly);
    shards.forEach(Process::destroyForcibly);
    server.ifPresent(Process::destroyForcibly);
  }
}
