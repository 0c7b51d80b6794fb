package io.cordee.bench.round;

import io.cordee.bench.Benchmark;
import io.cordee.bench.MadeUpImages;
import io.cordee.bench.Temporary;
import io.cordee.bench.process.Turns;
import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Figure;
import io.cordee.bench.report.Report;
import java.io.IOException;
import java.nio.file.Path;

/** What checkpoints cost: a team that keeps them beside one that does not. */
public final class CheckpointBenchmark implements Benchmark {

  private static final int EVERY = 50;

  @Override
  public String name() {
    return "checkpoint";
  }

  @Override
  public String description() {
    return "full batches of made-up images, 784-128-10, 2 workers, a checkpoint every "
        + EVERY
        + " rounds, against none";
  }

  @Override
  public void run(Size size, Report report) throws IOException, InterruptedException {
    boolean isQuick = size == Size.QUICK;
    // A turn has just one checkpoint in it.
    Turns.Plan plan = isQuick ? new Turns.Plan(1, 2, 2) : new Turns.Plan(EVERY, 9, EVERY);
    report.note("rprop: with its journal of signs, too, which is kept in every round");
    try (Temporary data = Temporary.folder()) {
      MadeUpImages.write(data.path(), isQuick ? 640 : 20_000);
      for (String rule : new String[] {"rprop", "adam"}) {
        compare(rule, data.path(), plan, report);
      }
    }
  }

  private static void compare(String rule, Path data, Turns.Plan plan, Report report)
      throws IOException, InterruptedException {
    try (RealTeam without = RealTeam.start(data, 2, job(rule, 0));
        RealTeam with = RealTeam.start(data, 2, job(rule, EVERY))) {
      Turns.Pairs times = Turns.take(plan, without.workers(), with.workers());
      report.add(
          Figure.of(
              rule + ", a checkpoint every " + EVERY + " rounds",
              "none",
              "s/round",
              times.measured(),
              times.limit(),
              Bar.atMost(1.02)));
    }
  }

  private static String job(String rule, int every) {
    return """
        name: checkpoint
        model: {layers: [784, 128, 10]}
        rule: {name: %s}
        partitions: 32
        checkpoint: {every: %d}
        """
        .formatted(rule, every);
  }
}
