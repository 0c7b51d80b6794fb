package io.cordee.bench.chaos;

import io.cordee.bench.Ports;
import io.cordee.bench.chaos.FaultsBenchmark.Fault;
import io.cordee.bench.chaos.FaultsBenchmark.Kind;
import io.cordee.cli.team.JavaProcess;
import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A server and its workers, as users start them. What is killed is started again at once. */
final class FaultTeam implements AutoCloseable {

  private static final int LOOK_MILLIS = 10;
  private static final double STOP_SECONDS = 2;
  private static final int FAREWELL_SECONDS = 60;

  private final Setup setup;
  private final String address;
  private final List<ChaosMember> workers = new ArrayList<>();
  private final ChaosMember server;

  /** The worker that is stopped, and since when. */
  private Optional<Process> stopped = Optional.empty();

  private double since;

  FaultTeam(Setup setup) throws IOException {
    this.setup = setup;
    InetSocketAddress free = Ports.free(1).get(0);
    address = free.getHostString() + ":" + free.getPort();
    server = new ChaosMember("server", List.of(), setup.log("server"), this::startServer);
    for (int number = 1; number <= setup.workers(); number++) {
      String name = "worker-" + number;
      List<String> arguments =
          List.of("worker", "--leash", "--threads=1", "--name=" + name, "--server=" + address);
      workers.add(new ChaosMember(name, List.of(), setup.log(name), () -> start(name, arguments)));
    }
  }

  private Process startServer() throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "server",
                "--leash",
                "--quiet",
                "--listen=" + address,
                "--workers=" + setup.workers()));
    if (Files.exists(setup.run().resolve(RunFiles.JOB))) {
      arguments.add("--resume=" + setup.run());
    } else {
      arguments.addAll(List.of("--job=" + setup.jobFile(), "--out=" + setup.run()));
    }
    return start("server", arguments);
  }

  private Process start(String name, List<String> arguments) throws IOException {
    return JavaProcess.cordee(arguments)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(setup.log(name).toFile()))
        .start();
  }

  /**
   * Trains to the end.
   *
   * @return when each round was over, in seconds
   * @throws Deviation if it fails, or a round has come out in two ways
   */
  double[] train(List<Fault> faults) throws IOException, InterruptedException, Deviation {
    double[] times = new double[setup.job().stop().rounds() + 1];
    RowWatch watch = new RowWatch(setup.rows(), setup.metrics(), setup.patience());
    Deque<Fault> next = new ArrayDeque<>(faults);
    int known = 0;
    while (known < times.length || stopped.isPresent()) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      watch.look();
      for (; known <= watch.best(); known++) {
        times[known] = seconds();
      }
      if (!next.isEmpty() && watch.best() >= next.peek().round()) {
        happen(next.remove().kind(), next.size());
      }
      if (stopped.isPresent() && seconds() - since >= STOP_SECONDS) {
        ChaosMember.signal("CONT", stopped.get());
        stopped = Optional.empty();
      }
      for (ChaosMember member : members()) {
        if (!member.isAlive() && member.process().exitValue() != 0) {
          throw new Deviation(member.name() + " has ended: " + member.lastWords());
        }
      }
    }
    awaitEnd();
    return times;
  }

  private void happen(Kind kind, int number) throws IOException, InterruptedException, Deviation {
    ChaosMember worker = workers.get(number % workers.size());
    if (kind == Kind.WORKER_STOPPED) {
      stopped = Optional.of(worker.process());
      since = seconds();
      ChaosMember.signal("STOP", worker.process());
    } else {
      ChaosMember whose = kind == Kind.SERVER_KILLED ? server : worker;
      whose.kill();
      whose.start();
    }
  }

  private static double seconds() {
    return System.nanoTime() / 1e9;
  }

  private List<ChaosMember> members() {
    List<ChaosMember> members = new ArrayList<>(workers);
    members.add(server);
    return members;
  }

  private void awaitEnd() throws IOException, InterruptedException, Deviation {
    for (ChaosMember member : members()) {
      Process process = member.process();
      if (!process.waitFor(FAREWELL_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new Deviation(member.name() + " has not ended well: " + member.lastWords());
      }
    }
  }

  @Override
  public void close() {
    members().forEach(member -> member.process().destroyForcibly());
  }
}
