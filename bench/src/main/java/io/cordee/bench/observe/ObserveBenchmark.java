package io.cordee.bench.observe;

import io.cordee.bench.Benchmark;
import io.cordee.bench.MadeUpImages;
import io.cordee.bench.Temporary;
import io.cordee.bench.process.Child;
import io.cordee.bench.process.CordeeServer;
import io.cordee.bench.process.Host;
import io.cordee.bench.process.Turns;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Figure;
import io.cordee.bench.report.Report;
import io.cordee.bench.round.RealWorker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What it costs a training to be looked at. */
public final class ObserveBenchmark implements Benchmark {

  private static final int WORKERS = 2;

  @Override
  public String name() {
    return "observe";
  }

  @Override
  public String description() {
    return "full-batch Rprop with a page open, metrics scraped every second and TensorBoard files, against none of it";
  }

  @Override
  public void run(Size size, Report report) throws IOException, InterruptedException {
    boolean isQuick = size == Size.QUICK;
    try (Temporary data = Temporary.folder()) {
      MadeUpImages.write(data.path(), isQuick ? 640 : 60_000);
      measure(
          "784-128-10, 60,000 rows",
          data.path(),
          "[784, 128, 10]",
          isQuick ? new Turns.Plan(1, 2, 2) : new Turns.Plan(60, 11, 16),
          report);
    }
    try (Temporary data = Temporary.folder()) {
      MadeUpImages.write(data.path(), 640);
      measure(
          "784-8-10, 640 rows",
          data.path(),
          "[784, 8, 10]",
          isQuick ? new Turns.Plan(1, 2, 2) : new Turns.Plan(5000, 11, 1500),
          report);
    }
  }

  private static void measure(String name, Path data, String layers, Turns.Plan plan, Report report)
      throws IOException, InterruptedException {
    String address = "127.0.0.1:" + freePort();
    try (Temporary events = Temporary.folder();
        Team alone = Team.start(data, layers, List.of());
        Team seen = Team.start(data, layers, looking(address, events.path()))) {
      Onlooker onlooker = new Onlooker(address);
      Turns.Pairs times =
          Turns.take(plan, alone.workers(), seen.workers(), onlooker::begin, onlooker::end);
      report.add(
          Figure.of(
              name + ", looked at",
              "nobody looks",
              "ms",
              millis(times.measured()),
              millis(times.limit()),
              Bar.atMost(1.02)));
      report.note(onlooker.seen());
    }
  }

  /** Options of a server that tells all it can. */
  private static List<String> looking(String address, Path events) {
    return List.of("--ui=" + address, "--tensorboard=" + events);
  }

  private static double[] millis(double[] seconds) {
    double[] millis = new double[seconds.length];
    for (int i = 0; i < millis.length; i++) {
      millis[i] = seconds[i] * 1e3;
    }
    return millis;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** A real server with real workers, one thread each. */
  private record Team(CordeeServer server, List<Child> workers) implements AutoCloseable {

    static Team start(Path data, String layers, List<String> options)
        throws IOException, InterruptedException {
      Team team =
          new Team(CordeeServer.start(Host.HERE, job(layers), WORKERS, options), new ArrayList<>());
      try {
        for (int i = 0; i < WORKERS; i++) {
          team.workers.add(
              Child.start(RealWorker.class, team.server.address(), "1", data.toString()));
        }
        return team;
      } catch (IOException | RuntimeException e) {
        team.close();
        throw e;
      }
    }

    private static String job(String layers) {
      return """
          name: observe
          model: {layers: %s}
          rule: {name: rprop}
          partitions: 32
          stop: {rounds: 1000000000}
          """
              .formatted(layers)
          + MadeUpImages.jobSection();
    }

    @Override
    public void close() throws IOException {
      workers.forEach(Child::close);
      server.close();
    }
  }
}
