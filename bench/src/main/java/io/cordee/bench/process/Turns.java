package io.cordee.bench.process;

import io.cordee.bench.report.Pairs;
import java.io.IOException;
import java.util.List;

/** Two teams of child processes that do rounds by turns. */
public final class Turns {

  private Turns() {}

  /**
   * @param warmup rounds that are not measured
   * @param repetitions turns of each team
   * @param rounds in a turn
   */
  public record Plan(int warmup, int repetitions, int rounds) {

    /** Enough to see that it runs. */
    public static final Plan QUICK = new Plan(1, 2, 2);
  }

  /**
   * Warms both up, then lets them take turns; each rests while the other works.
   *
   * @return seconds per round
   */
  public static Pairs take(Plan plan, List<Child> limit, List<Child> measured) throws IOException {
    return take(plan, limit, measured, () -> {}, () -> {});
  }

  /** As above; {@code before} and {@code after} enclose each turn of {@code measured}. */
  public static Pairs take(
      Plan plan, List<Child> limit, List<Child> measured, Runnable before, Runnable after)
      throws IOException {
    double[] limitSeconds = new double[plan.repetitions()];
    double[] measuredSeconds = new double[plan.repetitions()];
    for (int turn = -1; turn < plan.repetitions(); turn++) {
      int rounds = turn < 0 ? plan.warmup() : plan.rounds();
      double ofLimit = run(limit, rounds);
      before.run();
      double ofMeasured = run(measured, rounds);
      after.run();
      if (turn >= 0) {
        limitSeconds[turn] = ofLimit;
        measuredSeconds[turn] = ofMeasured;
      }
    }
    return new Pairs(limitSeconds, measuredSeconds);
  }

  /**
   * A team alone.
   *
   * @param limit seconds per round that cannot be beaten
   * @param warm run when it has warmed up
   * @return seconds per round
   */
  public static Pairs alone(Plan plan, double limit, List<Child> team, Runnable warm)
      throws IOException {
    run(team, plan.warmup());
    warm.run();
    double[] seconds = new double[plan.repetitions()];
    double[] limits = new double[plan.repetitions()];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = run(team, plan.rounds());
      limits[i] = limit;
    }
    return new Pairs(limits, seconds);
  }

  /** Seconds per round: the slowest of the team counts. */
  private static double run(List<Child> team, int rounds) throws IOException {
    for (Child child : team) {
      child.start(rounds);
    }
    long slowest = 0;
    for (Child child : team) {
      slowest = Math.max(slowest, child.awaitNanos());
    }
    return slowest / 1e9 / rounds;
  }
}
