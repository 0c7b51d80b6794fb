package io.cordee.bench.round;

import io.cordee.bench.MadeUpImages;
import io.cordee.bench.Ports;
import io.cordee.bench.Temporary;
import io.cordee.bench.process.BenchTeam;
import io.cordee.bench.process.RealWorker;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Report;
import io.cordee.bench.report.Turns;
import java.io.IOException;
import java.net.InetSocketAddress;

/** What it costs a training to be observed. */
public final class ObserveBenchmark {

  private static final int WORKERS = 2;

  private ObserveBenchmark() {}

  public static void run(Report report) throws IOException, InterruptedException {
    Turns large = report.choose(new Turns(60, 11, 16), Turns.QUICK);
    measure("784-128-10, 60,000 rows", 128, report.choose(60_000, 640), large, report);
    Turns small = report.choose(new Turns(5000, 11, 1500), Turns.QUICK);
    measure("784-8-10, 640 rows", 8, 640, small, report);
  }

  private static void measure(String name, int hidden, int rows, Turns turns, Report report)
      throws IOException, InterruptedException {
    String job =
        """
        name: observe
        model: {layers: [784, %d, 10]}
        rule: {name: rprop}
        partitions: 32
        """
            .formatted(hidden);
    InetSocketAddress page = Ports.free(1).get(0);
    try (Temporary data = Temporary.folder();
        Temporary events = Temporary.folder()) {
      MadeUpImages.write(data.path(), rows);
      // All that a server can tell.
      String ui = "--ui=" + page.getHostString() + ":" + page.getPort();
      String tensorboard = "--tensorboard=" + events.path();
      try (BenchTeam alone = RealWorker.team(data.path(), WORKERS, job);
          BenchTeam seen = RealWorker.team(data.path(), WORKERS, job, ui, tensorboard)) {
        Onlooker onlooker = new Onlooker(page);
        report.add(
            name + ", looked at",
            "nobody looks",
            "ms",
            turns.take(alone, rounds -> onlooker.watching(seen, rounds)).times(1e3),
            Bar.atMost(1.02));
        report.note(onlooker.seen());
      }
    }
  }
}
