package io.cordee.bench.chaos;

import io.cordee.bench.Ports;
import io.cordee.cli.team.JavaProcess;
import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The processes of a job and the cables between them. Each that dies is restarted at the same
 * address, shard 0 with {@code --resume}. Used by one thread.
 */
final class ChaosTeam implements AutoCloseable {

  /** How long shards stay after the job, for workers that are between two attempts to connect. */
  private static final int LINGER_SECONDS = 6;

  private static final Duration RESTART = Duration.ofMillis(300);
  private static final Duration FAREWELL = Duration.ofSeconds(60);

  /** How long they may take to print where their threads are. */
  private static final int DUMP_SECONDS = 5;

  @FunctionalInterface
  interface Action {
    void run() throws IOException, InterruptedException;
  }

  private record Task(long due, Action action) {}

  private final Setup setup;
  private final Consumer<String> log;
  private final List<InetSocketAddress> addresses;
  private final List<ChaosMember> shards = new ArrayList<>();
  private final List<ChaosMember> workers = new ArrayList<>();
  private final List<ChaosMember> leaving = new ArrayList<>();
  private final List<ChaosMember> everyone = new ArrayList<>();
  private final List<Task> agenda = new ArrayList<>();
  private int named;
  private OptionalInt lastRound = OptionalInt.empty();
  private long forgivenUntil = System.nanoTime();

  /** {@code log} receives what is done to whom. */
  ChaosTeam(Setup setup, Consumer<String> log) throws IOException {
    this.setup = setup;
    this.log = log;
    this.addresses = Ports.free(setup.shards());
  }

  void start() throws IOException {
    shards.add(member(name(0), List.of(), this::startLead));
    for (int number = 1; number < setup.shards(); number++) {
      int shard = number;
      Cable toLead = Cable.to(addresses.get(0));
      Cable toIt = Cable.to(addresses.get(shard));
      List<String> arguments =
          List.of(
              "--lead=" + toLead.address(),
              "--advertise=" + toIt.address(),
              "--out=" + setup.run());
      List<Cable> cables = List.of(toLead, toIt);
      shards.add(member(name(shard), cables, () -> startServer(shard, arguments)));
    }
    for (int i = 0; i < setup.workers() && !setup.areEqual(); i++) {
      addWorker();
    }
  }

  private ChaosMember member(String name, List<Cable> cables, ChaosMember.Starter starter)
      throws IOException {
    ChaosMember member = new ChaosMember(name, cables, setup.log(name), starter);
    everyone.add(member);
    return member;
  }

  private String name(int shard) {
    return (setup.areEqual() ? "node-" : "shard-") + shard;
  }

  private Process startLead() throws IOException {
    List<String> arguments = new ArrayList<>();
    boolean isResumed = Files.exists(setup.run().resolve(RunFiles.JOB));
    if (isResumed) {
      arguments.addAll(List.of("--resume", setup.run().toString()));
    } else {
      arguments.addAll(List.of("--job", setup.jobFile().toString()));
      arguments.addAll(List.of("--out", setup.run().toString()));
    }
    if (setup.areEqual()) {
      arguments.add("--lead=" + address(0));
    } else {
      arguments.add("--workers=" + (isResumed ? 1 : setup.workers()));
    }
    lastRound.ifPresent(round -> arguments.add("--set=stop={rounds: " + round + "}"));
    return startServer(0, arguments);
  }

  private Process startServer(int shard, List<String> more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(setup.areEqual() ? "node" : "server"));
    arguments.addAll(List.of("--leash", "--quiet"));
    arguments.addAll(List.of("--linger=" + LINGER_SECONDS, "--listen=" + address(shard)));
    if (setup.areEqual()) {
      arguments.addAll(List.of("--index=" + shard, "--of=" + setup.shards(), "--threads=1"));
      setup.data().ifPresent(data -> arguments.add("--data=" + data));
    } else {
      arguments.add("--shard=" + shard + "/" + setup.shards());
    }
    arguments.addAll(more);
    return startProcess(name(shard), arguments);
  }

  private String address(int shard) {
    InetSocketAddress address = addresses.get(shard);
    return address.getHostString() + ":" + address.getPort();
  }

  private Process startProcess(String name, List<String> arguments) throws IOException {
    ProcessBuilder builder = JavaProcess.cordee(arguments);
    // Most of them die young: a quick start is worth more than fast code.
    builder.command().add(1, "-XX:TieredStopAtLevel=1");
    Process process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(setup.log(name).toFile()))
            .start();
    log.accept(name + " started, process " + process.pid());
    return process;
  }

  /** Starts another worker. */
  ChaosMember addWorker() throws IOException {
    List<Cable> cables = new ArrayList<>();
    for (InetSocketAddress address : addresses) {
      cables.add(Cable.to(address));
    }
    String name = "worker-" + ++named;
    List<String> arguments = new ArrayList<>(List.of("worker", "--leash", "--name", name));
    arguments.addAll(List.of("--threads", "1", "--server"));
    arguments.add(String.join(",", cables.stream().map(Cable::address).toList()));
    setup.data().ifPresent(data -> arguments.addAll(List.of("--data", data.toString())));
    ChaosMember worker = member(name, cables, () -> startProcess(name, arguments));
    workers.add(worker);
    return worker;
  }

  /** Ends a worker for good. */
  void removeWorker(ChaosMember worker) {
    workers.remove(worker);
    worker.end();
    leaving.add(worker);
  }

  ChaosMember lead() {
    return shards.get(0);
  }

  List<ChaosMember> shards() {
    return shards;
  }

  List<ChaosMember> workers() {
    return workers;
  }

  /** Those that were not removed. */
  List<ChaosMember> members() {
    return Stream.concat(shards.stream(), workers.stream()).toList();
  }

  boolean isComplete() {
    return members().stream().allMatch(ChaosMember::isAlive);
  }

  /** How many processes were started in all. */
  int starts() {
    return everyone.stream().mapToInt(ChaosMember::starts).sum();
  }

  /** Lets something happen after a pause. */
  void later(Duration pause, Action action) {
    agenda.add(new Task(System.nanoTime() + pause.toNanos(), action));
  }

  /** Whether nothing is going to happen later. */
  boolean isAtRest() {
    return agenda.isEmpty();
  }

  void restart(ChaosMember member, Duration pause) {
    member.becomesDue();
    later(pause, member::start);
  }

  /** For this long, processes may exit, as those of an interrupted job do, and are restarted. */
  void forgiveEnds(Duration time) {
    forgivenUntil = System.nanoTime() + time.toNanos();
  }

  boolean areEndsForgiven() {
    return System.nanoTime() - forgivenUntil < 0;
  }

  /** Shard 0 is to end the job after this round, once it is started the next time. */
  void endAfter(int round) {
    lastRound = OptionalInt.of(round);
  }

  /**
   * Does what is due, and restarts processes that have ended.
   *
   * @throws Deviation if one has ended by itself
   */
  void tend() throws IOException, InterruptedException, Deviation {
    long now = System.nanoTime();
    List<Task> due = agenda.stream().filter(task -> now - task.due() >= 0).toList();
    agenda.removeAll(due);
    for (Task task : due) {
      task.action().run();
    }
    for (ChaosMember member : members()) {
      if (member.isAlive() || member.isDue()) {
        continue;
      }
      int code = member.process().exitValue();
      log.accept(member.name() + " has ended with exit code " + code);
      if (member.isHit() || areEndsForgiven()) {
        restart(member, RESTART);
      } else if (code != 0 || lastRound.isEmpty()) {
        throw new Deviation(
            "%s has ended by itself with exit code %s: %s"
                .formatted(member.name(), code, member.lastWords()));
      }
    }
  }

  /**
   * Waits for all to end, as the job is over.
   *
   * @throws Deviation if one does not, or not with exit code 0
   */
  void awaitEnd() throws InterruptedException, IOException, Deviation {
    long deadline = System.nanoTime() + FAREWELL.toNanos();
    for (ChaosMember member : everyone) {
      long left = Math.max(0, deadline - System.nanoTime());
      if (!member.process().waitFor(left, TimeUnit.NANOSECONDS)) {
        throw new Deviation(
            "%s is still there %s s after the job: %s"
                .formatted(member.name(), FAREWELL.toSeconds(), member.lastWords()));
      }
      if (member.process().exitValue() != 0 && !leaving.contains(member)) {
        throw new Deviation(
            "%s has ended with exit code %s after the job: %s"
                .formatted(member.name(), member.process().exitValue(), member.lastWords()));
      }
    }
  }

  /** Makes the remaining processes dump their threads into their logs. */
  void dumpThreads() throws IOException, InterruptedException {
    for (ChaosMember member : everyone) {
      ChaosMember.signal("CONT", member.process());
      ChaosMember.signal("QUIT", member.process());
    }
    TimeUnit.SECONDS.sleep(DUMP_SECONDS);
  }

  /** Kills the remaining processes. */
  @Override
  public void close() throws IOException {
    for (ChaosMember member : everyone) {
      member.process().destroyForcibly();
      for (Cable cable : member.cables()) {
        cable.close();
      }
    }
  }
}
