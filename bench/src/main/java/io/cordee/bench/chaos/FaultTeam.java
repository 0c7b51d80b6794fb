package io.cordee.bench.chaos;

import io.cordee.bench.Ports;
import io.cordee.bench.chaos.FaultsBenchmark.Fault;
import io.cordee.bench.chaos.FaultsBenchmark.Kind;
import io.cordee.cli.process.JavaProcess;
import io.cordee.cli.process.Signal;
import io.cordee.cli.process.Supervised;
import io.cordee.cli.process.Supervisor;
import io.cordee.server.run.RunFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
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
  private static final Duration FAREWELL = Duration.ofSeconds(60);

  private final Setup setup;
  private final String address;
  private final Supervisor processes = new Supervisor(Duration.ZERO);
  private final List<Supervised> workers = new ArrayList<>();
  private final Supervised server;

  /** The worker that is stopped, and since when. */
  private Optional<ProcessHandle> stopped = Optional.empty();

  private double since;

  FaultTeam(Setup setup) throws IOException {
    this.setup = setup;
    InetSocketAddress free = Ports.free(1).get(0);
    address = free.getHostString() + ":" + free.getPort();
    server = processes.child("server", this::server).start();
    for (int number = 1; number <= setup.workers(); number++) {
      String name = "worker-" + number;
      List<String> arguments =
          List.of("worker", "--leash", "--threads=1", "--name=" + name, "--server=" + address);
      workers.add(
          processes.child(name, () -> JavaProcess.cordee(arguments, setup.log(name))).start());
    }
  }

  private ProcessBuilder server() {
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
    return JavaProcess.cordee(arguments, setup.log("server"));
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
        Signal.CONT.send(stopped.get());
        stopped = Optional.empty();
      }
      for (Supervised member : members()) {
        if (!member.isAlive() && member.code() != 0) {
          throw new Deviation(member.name() + " has ended: " + member.lastWords());
        }
      }
    }
    awaitEnd();
    return times;
  }

  private void happen(Kind kind, int number) throws IOException, InterruptedException {
    Supervised worker = workers.get(number % workers.size());
    if (kind == Kind.WORKER_STOPPED) {
      stopped = Optional.of(worker.process().toHandle());
      since = seconds();
      Signal.STOP.send(stopped.get());
    } else {
      Supervised whose = kind == Kind.SERVER_KILLED ? server : worker;
      whose.kill();
      whose.start();
    }
  }

  private static double seconds() {
    return System.nanoTime() / 1e9;
  }

  private List<Supervised> members() {
    List<Supervised> members = new ArrayList<>(workers);
    members.add(server);
    return members;
  }

  private void awaitEnd() throws IOException, InterruptedException, Deviation {
    for (Supervised member : members()) {
      if (!member.awaitEnd(FAREWELL) || member.code() != 0) {
        throw new Deviation(member.name() + " has not ended well: " + member.lastWords());
      }
    }
  }

  @Override
  public void close() {
    processes.close();
  }
}
