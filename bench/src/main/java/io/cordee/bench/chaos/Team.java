package io.cordee.bench.chaos;

import io.cordee.bench.Ports;
import io.cordee.cli.team.JavaProcess;
import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The processes of a job and the cables between them. Each that dies is restarted at the same
 * address, shard 0 with {@code --resume}. Used by one thread.
 */
final class Team implements AutoCloseable {

  /** How long shards stay after the job, for workers that are between two attempts to connect. */
  private static final int LINGER_SECONDS = 6;

  private static final Duration RESTART = Duration.ofMillis(300);
  private static final Duration FAREWELL = Duration.ofSeconds(60);

  private static final Duration DUMP = Duration.ofSeconds(10);
  private static final String END_OF_DUMP = "JNI global refs";

  private final Setup setup;
  private final EventLog log;
  private final List<InetSocketAddress> addresses;
  private final List<Member> shards = new ArrayList<>();

  /** Of each shard other than 0, to shard 0. */
  private final List<Cable> leadCables = new ArrayList<>();

  private final List<Worker> workers = new ArrayList<>();
  private final List<Member> leaving = new ArrayList<>();
  private final List<Member> everyone = new ArrayList<>();
  private int named;
  private OptionalInt lastRound = OptionalInt.empty();
  private long forgivenUntil = System.nanoTime();

  Team(Setup setup, EventLog log) throws IOException {
    this.setup = setup;
    this.log = log;
    this.addresses = Ports.free(setup.shards());
  }

  /** Starts everybody. */
  void start() throws IOException {
    for (int number = 0; number < setup.shards(); number++) {
      int shard = number;
      if (shard > 0) {
        leadCables.add(Cable.to(addresses.get(0)));
      }
      shards.add(member("shard-" + shard, () -> shard == 0 ? startLead() : startFollower(shard)));
    }
    for (int i = 0; i < setup.workers(); i++) {
      addWorker();
    }
  }

  private Member member(String name, Member.Starter starter) throws IOException {
    Member member = new Member(name, setup.log(name), starter);
    everyone.add(member);
    return member;
  }

  private Process startLead() throws IOException {
    List<String> arguments = server(0);
    boolean goesOn = Files.exists(setup.run().resolve(RunFiles.JOB));
    if (goesOn) {
      arguments.addAll(List.of("--resume", setup.run().toString(), "--workers=1"));
    } else {
      arguments.addAll(List.of("--job", setup.jobFile().toString()));
      arguments.addAll(List.of("--out", setup.run().toString()));
      arguments.add("--workers=" + setup.workers());
    }
    lastRound.ifPresent(round -> arguments.add("--set=stop={rounds: " + round + "}"));
    return process("shard-0", arguments);
  }

  private Process startFollower(int shard) throws IOException {
    List<String> arguments = server(shard);
    arguments.addAll(List.of("--lead", leadCables.get(shard - 1).address()));
    arguments.addAll(List.of("--out", setup.run().toString()));
    return process("shard-" + shard, arguments);
  }

  private List<String> server(int shard) {
    InetSocketAddress address = addresses.get(shard);
    return new ArrayList<>(
        List.of(
            "server",
            "--leash",
            "--quiet",
            "--linger=" + LINGER_SECONDS,
            "--listen=" + address.getHostString() + ":" + address.getPort(),
            "--shard=" + shard + "/" + setup.shards()));
  }

  private Process process(String name, List<String> arguments) throws IOException {
    Path out = setup.log(name);
    ProcessBuilder builder = JavaProcess.cordee(arguments);
    // Most of them die young: a quick start is worth more than fast code.
    builder.command().add(1, "-XX:TieredStopAtLevel=1");
    Process process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
            .start();
    log.note(name + " started, process " + process.pid());
    return process;
  }

  /** Another worker joins. */
  Worker addWorker() throws IOException {
    List<Cable> cables = new ArrayList<>();
    for (InetSocketAddress address : addresses) {
      cables.add(Cable.to(address));
    }
    String name = "worker-" + ++named;
    List<String> arguments = new ArrayList<>(List.of("worker", "--leash", "--name", name));
    arguments.addAll(List.of("--threads", "1", "--server"));
    arguments.add(String.join(",", cables.stream().map(Cable::address).toList()));
    setup.data().ifPresent(data -> arguments.addAll(List.of("--data", data.toString())));
    Worker worker = new Worker(member(name, () -> process(name, arguments)), cables);
    workers.add(worker);
    return worker;
  }

  /** A worker is told to end, and does not come back. */
  void removeWorker(Worker worker) {
    workers.remove(worker);
    worker.member().end();
    leaving.add(worker.member());
  }

  Member lead() {
    return shards.get(0);
  }

  List<Member> shards() {
    return shards;
  }

  List<Worker> workers() {
    return workers;
  }

  /** Of each shard other than 0, to shard 0. */
  List<Cable> leadCables() {
    return leadCables;
  }

  Stream<Cable> cables() {
    return Stream.concat(
        leadCables.stream(), workers.stream().flatMap(worker -> worker.cables().stream()));
  }

  /** All that are to be there. */
  Stream<Member> members() {
    return Stream.concat(shards.stream(), workers.stream().map(Worker::member));
  }

  boolean isComplete() {
    return members().allMatch(Member::isAlive);
  }

  /** How many processes were started in all. */
  int starts() {
    return everyone.stream().mapToInt(Member::starts).sum();
  }

  /**
   * For so long, processes may end by themselves, as those of a job do that is interrupted; they
   * are started again.
   */
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
   * Looks after everybody.
   *
   * @throws Deviation if one has ended by itself
   */
  void tend() throws IOException, Deviation {
    for (Member member : members().toList()) {
      if (member.isAlive() || member.restartInTime() || member.isDue()) {
        continue;
      }
      int code = member.process().exitValue();
      log.note(member.name() + " has ended with exit code " + code);
      if (member.isHit() || areEndsForgiven()) {
        member.restartAfter(RESTART);
      } else if (code != 0 || lastRound.isEmpty()) {
        throw new Deviation(
            "%s has ended by itself with exit code %s: %s"
                .formatted(member.name(), code, member.lastWords()));
      }
    }
  }

  /**
   * Waits until all have ended by themselves, as the job is over.
   *
   * @throws Deviation if one does not, or not with exit code 0
   */
  void awaitEnd() throws InterruptedException, IOException, Deviation {
    long deadline = System.nanoTime() + FAREWELL.toNanos();
    for (Member member : everyone) {
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

  /** Has those that are left print where their threads are, into their logs. */
  void dumpThreads() throws IOException, InterruptedException {
    List<Member> left = new ArrayList<>(everyone.stream().filter(Member::isAlive).toList());
    for (Member member : left) {
      Signals.goOn(member.process());
      Signals.dumpThreads(member.process());
    }
    long deadline = System.nanoTime() + DUMP.toNanos();
    while (!left.isEmpty() && System.nanoTime() - deadline < 0) {
      TimeUnit.MILLISECONDS.sleep(50);
      for (Member member : List.copyOf(left)) {
        if (!member.isAlive() || member.hasPrinted(END_OF_DUMP)) {
          left.remove(member);
        }
      }
    }
  }

  /** Kills what is left. */
  @Override
  public void close() throws IOException {
    for (Member member : everyone) {
      member.process().destroyForcibly();
    }
    for (Worker worker : workers) {
      worker.unplug();
    }
    for (Cable cable : leadCables) {
      cable.close();
    }
  }
}
