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
import io.cordee.common.job.Downlink;
import io.cordee.common.rule.Optimizer;
import io.cordee.common.rule.RuleCatalog;
import java.io.IOException;
import java.util.Map;

/** Whole rounds of the real thing, and what memory they take. */
public final class RoundBenchmark {

  private static final int MEGABYTE = 1_000_000;

  /** A JVM with gRPC, and what is on its way. */
  private static final int BESIDES_MEGABYTES = 300;

  private static final String JOB =
      """
      name: round
      model: {layers: [784, 128, 10]}
      rule: {name: rprop}
      partitions: 32
      """;

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
                  () -> RealWorker.team(data.path(), 1, JOB),
                  () -> RealWorker.team(data.path(), 2, JOB))
              .rates(1, 1),
          Bar.atLeast(1.8));
    }
    serverMemory(report.choose(100_000_000, 200_000), report);
  }

  /** The most memory that the server has had resident. */
  private static void serverMemory(int parameters, Report report)
      throws IOException, InterruptedException {
    int workers = 2;
    String name = "server, " + Report.count(parameters) + ", rprop, 2 workers";
    int slots =
        Optimizer.of(RuleCatalog.find("rprop").orElseThrow().with(Map.of()), parameters)
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
    try (BenchTeam team = TrivialWorker.team(parameters, Downlink.FLOATS, workers)) {
      team.seconds(5);
      double most = (double) Machine.mostResident(team.pid()) / MEGABYTE;
      report.add(name, "what the round needs", "MB", Pairs.once(limit, most), Bar.atMost(1));
    }
  }
}
