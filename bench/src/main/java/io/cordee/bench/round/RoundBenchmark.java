package io.cordee.bench.round;

import io.cordee.bench.Machine;
import io.cordee.bench.MadeUpImages;
import io.cordee.bench.Temporary;
import io.cordee.bench.process.BenchTeam;
import io.cordee.bench.process.RealWorker;
import io.cordee.bench.process.TrivialWorker;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Pairs;
import io.cordee.bench.report.Report;
import io.cordee.bench.report.Turns;
import io.cordee.common.job.WeightFormat;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.OptimizerCatalog;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Whole rounds of the real thing: what a second worker and checkpoints do, and what memory they
 * take.
 */
public final class RoundBenchmark {

  private static final int MEGABYTE = 1_000_000;

  /** A JVM with gRPC, and what is on its way. */
  private static final int BESIDES_MEGABYTES = 300;

  /** Rounds from checkpoint to checkpoint. */
  private static final int EVERY = 50;

  private RoundBenchmark() {}

  public static void run(Report report) throws IOException, InterruptedException {
    Turns turns = report.choose(new Turns(20, 11, 10), Turns.QUICK);
    try (Temporary data = Temporary.folder()) {
      MadeUpImages.write(data.path(), report.choose(60_000, 640));
      report.add(
          "2 workers against 1, one thread each",
          "1 worker",
          "rounds/s",
          BenchTeam.byTurns(
                  turns,
                  () -> RealWorker.team(data.path(), 1, job("rprop")),
                  () -> RealWorker.team(data.path(), 2, job("rprop")))
              .rates(1, 1),
          Bar.atLeast(1.8));
    }
    checkpoints(report);
    serverMemory(report.choose(100_000_000, 200_000), report);
  }

  /** Teams that keep checkpoints, beside teams that do not. */
  private static void checkpoints(Report report) throws IOException, InterruptedException {
    // A turn has just one checkpoint in it.
    Turns turns = report.choose(new Turns(EVERY, 9, EVERY), Turns.QUICK);
    try (Temporary data = Temporary.folder()) {
      MadeUpImages.write(data.path(), report.choose(20_000, 640));
      for (String optimizer : List.of("rprop", "adam")) {
        String job = job(optimizer) + "checkpoint: {every: %d, seconds: 0}\n";
        report.add(
            optimizer + ", a checkpoint every " + EVERY + " rounds",
            "none",
            "s/round",
            BenchTeam.byTurns(
                turns,
                () -> RealWorker.team(data.path(), 2, job.formatted(0)),
                () -> RealWorker.team(data.path(), 2, job.formatted(EVERY))),
            Bar.atMost(1.02));
      }
    }
  }

  private static String job(String optimizer) {
    return """
    name: round
    model: {layers: [784, 128, 10]}
    optimizer: {name: %s}
    partitions: 32
    """
        .formatted(optimizer);
  }

  /** The most memory that the server has had resident. */
  private static void serverMemory(int parameters, Report report)
      throws IOException, InterruptedException {
    int workers = 2;
    String name = "server, " + Report.count(parameters) + ", rprop, 2 workers";
    int slots =
        Optimizer.of(OptimizerCatalog.find("rprop").orElseThrow().with(Map.of()), parameters)
            .slots()
            .size();
    double vector = (double) parameters * Float.BYTES / MEGABYTE;
    double limit = (2 + slots + workers) * vector + BESIDES_MEGABYTES;
    // Each worker has a vector to push and one to pull.
    double needed = limit + workers * (2 * vector + BESIDES_MEGABYTES);
    if (needed * MEGABYTE > Machine.availableMemory() * 0.9) {
      report.note("%s: skipped, as it needs %,.0f MB".formatted(name, needed));
      return;
    }
    report.note(
        "limit of memory: 2 versions, %d slots and %d contributions of %,.0f MB, and %d MB"
            .formatted(slots, workers, vector, BESIDES_MEGABYTES));
    try (BenchTeam team = TrivialWorker.team(parameters, WeightFormat.FLOATS, workers)) {
      team.seconds(5);
      double most = (double) Machine.mostResident(team.pid()) / MEGABYTE;
      report.add(name, "what the round needs", "MB", Pairs.once(limit, most), Bar.atMost(1));
    }
  }
}
