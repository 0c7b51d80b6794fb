package io.cordee.bench.round;

import io.cordee.bench.MadeUpImages;
import io.cordee.bench.Temporary;
import io.cordee.bench.process.BenchTeam;
import io.cordee.bench.process.RealWorker;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Report;
import io.cordee.bench.report.Turns;
import java.io.IOException;
import java.util.List;

/** What checkpoints cost: a team that keeps them beside one that does not. */
public final class CheckpointBenchmark {

  /** Rounds from checkpoint to checkpoint. */
  public static final int EVERY = 50;

  private CheckpointBenchmark() {}

  public static void run(Report report) throws IOException, InterruptedException {
    // A turn has just one checkpoint in it.
    Turns turns = report.choose(new Turns(EVERY, 9, EVERY), Turns.QUICK);
    try (Temporary data = Temporary.folder()) {
      MadeUpImages.write(data.path(), report.choose(20_000, 640));
      for (String rule : List.of("rprop", "adam")) {
        report.add(
            rule + ", a checkpoint every " + EVERY + " rounds",
            "none",
            "s/round",
            BenchTeam.byTurns(
                turns,
                () -> RealWorker.team(data.path(), 2, job(rule, 0)),
                () -> RealWorker.team(data.path(), 2, job(rule, EVERY))),
            Bar.atMost(1.02));
      }
    }
  }

  private static String job(String rule, int every) {
    return """
    name: checkpoint
    model: {layers: [784, 128, 10]}
    rule: {name: %s}
    partitions: 32
    checkpoint: {every: %d, seconds: 0}
    """
        .formatted(rule, every);
  }
}
