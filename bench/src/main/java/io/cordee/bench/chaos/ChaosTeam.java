package io.cordee.bench.chaos;

import io.cordee.bench.Ports;
import io.cordee.cli.process.JavaProcess;
import io.cordee.cli.process.Signal;
import io.cordee.cli.process.Supervised;
import io.cordee.cli.process.Supervisor;
import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final Supervisor processes = new Supervisor(Duration.ZERO);
  private final List<Supervised> shards = new ArrayList<>();
  private final List<Supervised> workers = new ArrayList<>();

  /**
   * Everyone that was ever there, and the cables to servers: of a worker, one to each shard, in
   * order; of a shard that does not lead, one to shard 0 and one to itself.
   */
  private final Map<Supervised, List<Cable>> cables = new LinkedHashMap<>();

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
    shards.add(start(name(0), List.of(), this::firstServer));
    for (int number = 1; number < setup.shards(); number++) {
      int shard = number;
      Cable toLead = Cable.to(addresses.get(0));
      Cable toIt = Cable.to(addresses.get(shard));
      List<String> arguments =
          List.of(
              "--lead=" + toLead.address(),
              "--advertise=" + toIt.address(),
              "--out=" + setup.run());
      shards.add(start(name(shard), List.of(toLead, toIt), () -> server(shard, arguments)));
    }
    for (int i = 0; i < setup.workers() && !setup.arePeers(); i++) {
      addWorker();
    }
  }

  private Supervised start(String name, List<Cable> its, Supervised.Command command)
      throws IOException {
    Supervised member = processes.child(name, command, this::afterEnd).start();
    cables.put(member, its);
    logStart(member);
    return member;
  }

  private void logStart(Supervised member) {
    log.accept(member.name() + " started, process " + member.process().pid());
  }

  private String name(int shard) {
    return (setup.arePeers() ? "peer-" : "shard-") + shard;
  }

  private ProcessBuilder firstServer() {
    List<String> arguments = new ArrayList<>();
    boolean isResumed = Files.exists(setup.run().resolve(RunFiles.JOB));
    if (isResumed) {
      arguments.addAll(List.of("--resume", setup.run().toString()));
    } else {
      arguments.addAll(List.of("--job", setup.jobFile().toString()));
      arguments.addAll(List.of("--out", setup.run().toString()));
    }
    if (setup.arePeers()) {
      arguments.add("--lead=" + address(0));
    } else {
      arguments.add("--workers=" + (isResumed ? 1 : setup.workers()));
    }
    lastRound.ifPresent(round -> arguments.add("--set=stop={rounds: " + round + "}"));
    return server(0, arguments);
  }

  private ProcessBuilder server(int shard, List<String> more) {
    List<String> arguments = new ArrayList<>(List.of(setup.arePeers() ? "peer" : "server"));
    arguments.addAll(List.of("--leash", "--quiet"));
    arguments.addAll(List.of("--linger=" + LINGER_SECONDS, "--listen=" + address(shard)));
    if (setup.arePeers()) {
      arguments.addAll(List.of("--index=" + shard, "--of=" + setup.shards(), "--threads=1"));
      setup.data().ifPresent(data -> arguments.add("--data=" + data));
    } else {
      arguments.add("--shard=" + shard + "/" + setup.shards());
    }
    arguments.addAll(more);
    return process(name(shard), arguments);
  }

  private String address(int shard) {
    InetSocketAddress address = addresses.get(shard);
    return address.getHostString() + ":" + address.getPort();
  }

  private ProcessBuilder process(String name, List<String> arguments) {
    ProcessBuilder builder = JavaProcess.cordee(arguments, setup.log(name));
    // Most of them die young: a quick start is worth more than fast code.
    builder.command().add(1, "-XX:TieredStopAtLevel=1");
    return builder;
  }

  /** Starts another worker. */
  Supervised addWorker() throws IOException {
    List<Cable> its = new ArrayList<>();
    for (InetSocketAddress address : addresses) {
      its.add(Cable.to(address));
    }
    String name = "worker-" + ++named;
    List<String> arguments = new ArrayList<>(List.of("worker", "--leash", "--name", name));
    arguments.addAll(List.of("--threads", "1", "--server"));
    arguments.add(String.join(",", its.stream().map(Cable::address).toList()));
    setup.data().ifPresent(data -> arguments.addAll(List.of("--data", data.toString())));
    Supervised worker = start(name, its, () -> process(name, arguments));
    workers.add(worker);
    return worker;
  }

  /** Ends a worker for good. */
  void removeWorker(Supervised worker) {
    workers.remove(worker);
    worker.terminate();
  }

  Supervised lead() {
    return shards.get(0);
  }

  List<Supervised> shards() {
    return shards;
  }

  List<Supervised> workers() {
    return workers;
  }

  /** Returns all that were not removed. */
  List<Supervised> members() {
    return Stream.concat(shards.stream(), workers.stream()).toList();
  }

  List<Cable> cables(Supervised member) {
    return cables.get(member);
  }

  boolean isComplete() {
    return members().stream().allMatch(Supervised::isAlive);
  }

  /** Counts all processes that were started. */
  int starts() {
    return cables.keySet().stream().mapToInt(Supervised::starts).sum();
  }

  /** Lets something happen after a pause. */
  void later(Duration pause, Action action) {
    agenda.add(new Task(System.nanoTime() + pause.toNanos(), action));
  }

  /** Tells whether nothing is going to happen later. */
  boolean isAtRest() {
    return agenda.isEmpty() && members().stream().noneMatch(Supervised::isDue);
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
    for (Supervised member : members()) {
      int before = member.starts();
      member.tend();
      if (member.starts() > before) {
        logStart(member);
      }
      if (member.isGone() && (member.code() != 0 || lastRound.isEmpty())) {
        throw new Deviation(
            "%s has ended by itself with exit code %s: %s"
                .formatted(member.name(), member.code(), member.lastWords()));
      }
    }
  }

  private Optional<Duration> afterEnd(Supervised member) {
    log.accept(member.name() + " has ended with exit code " + member.code());
    return member.isToldToEnd() || areEndsForgiven() ? Optional.of(RESTART) : Optional.empty();
  }

  /**
   * Waits for all to end, as the job is over.
   *
   * @throws Deviation if one does not, or not with exit code 0
   */
  void awaitEnd() throws InterruptedException, IOException, Deviation {
    long deadline = System.nanoTime() + FAREWELL.toNanos();
    for (Supervised member : cables.keySet()) {
      long left = Math.max(0, deadline - System.nanoTime());
      if (!member.awaitEnd(Duration.ofNanos(left))) {
        throw new Deviation(
            "%s is still there %s s after the job: %s"
                .formatted(member.name(), FAREWELL.toSeconds(), member.lastWords()));
      }
      if (member.code() != 0 && members().contains(member)) {
        throw new Deviation(
            "%s has ended with exit code %s after the job: %s"
                .formatted(member.name(), member.code(), member.lastWords()));
      }
    }
  }

  /** Makes the remaining processes dump their threads into their logs. */
  void dumpThreads() throws IOException, InterruptedException {
    for (Supervised member : cables.keySet()) {
      Signal.CONT.send(member.process().toHandle());
      Signal.QUIT.send(member.process().toHandle());
    }
    TimeUnit.SECONDS.sleep(DUMP_SECONDS);
  }

  /** Kills the remaining processes. */
  @Override
  public void close() throws IOException {
    processes.close();
    for (List<Cable> its : cables.values()) {
      for (Cable cable : its) {
        cable.close();
      }
    }
  }
}
