package io.cordee.bench.scale;

import io.cordee.bench.report.Bar;
import io.cordee.bench.report.Report;
import io.cordee.bench.report.Turns;
import java.io.IOException;
import java.util.Locale;

/**
 * What a server's own decisions cost with a thousand members: no sockets, and a vector so short
 * that adding and stepping it counts for little.
 */
public final class CoordinatorBenchmark {

  private static final int FEW = 100;
  private static final int MANY = 1000;
  private static final int PARTITIONS = 4096;
  private static final int DYING_PERCENT = 1;

  private CoordinatorBenchmark() {}

  public static void run(Report report) throws IOException {
    Turns turns = new Turns(0, report.choose(31, 1), 1);
    int warm = report.choose(200, 1);
    SimulatedTeam few = new SimulatedTeam(FEW, PARTITIONS);
    long before = usedBytes();
    SimulatedTeam many = new SimulatedTeam(MANY, PARTITIONS);
    for (int i = 0; i < warm; i++) {
      few.round();
      many.round();
    }
    long after = usedBytes();
    report.add(
        "an event, %,d members".formatted(MANY),
        FEW + " members",
        "us",
        turns.take(once -> perEvent(few), once -> perEvent(many)).times(1e6),
        Bar.atMost(2));
    report.add(
        "2 rounds, %d %% of them dying".formatted(DYING_PERCENT),
        "none die",
        "ms",
        turns
            .take(
                once -> seconds(many) + seconds(many),
                once -> {
                  many.kill(MANY * DYING_PERCENT / 100);
                  // Those who have come in their place get their share in the next one.
                  return seconds(many) + seconds(many);
                })
            .times(1e3),
        Bar.atMost(2));
    report.note(
        String.format(
            Locale.ROOT,
            "%,d members and %,d partitions take %.1f MB, %.1f kB a member; %,d members at the end",
            MANY,
            PARTITIONS,
            (after - before) / 1e6,
            (after - before) / 1e3 / MANY,
            many.members()));
  }

  private static double seconds(SimulatedTeam team) {
    long start = System.nanoTime();
    team.round();
    return (System.nanoTime() - start) / 1e9;
  }

  private static double perEvent(SimulatedTeam team) {
    long before = team.delivered();
    return seconds(team) / (team.delivered() - before);
  }

  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
