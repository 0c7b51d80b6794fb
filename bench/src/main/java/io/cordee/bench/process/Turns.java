package io.cordee.bench.process;

import java.io.IOException;
import java.util.List;

/** Two teams of child processes that do rounds by turns. */
public final class Turns {

  private Turns() {}

  /**
   * Seconds per round, by repetition.
   *
   * @param limit of those that cannot be beaten
   * @param measured in the turn after it
   */
  public record Pairs(double[] limit, double[] measured) {

    /** An amount per second, for each time. */
    public static double[] rates(double[] seconds, double amount) {
      double[] rates = new double[seconds.length];
      for (int i = 0; i < rates.length; i++) {
        rates[i] = amount / seconds[i];
      }
      return rates;
    }
  }

  /**
   * How much is measured.
   *
   * @param warmup rounds that are not
   * @param repetitions turns of each team
   * @param rounds in a turn
   */
  public record Plan(int warmup, int repetitions, int rounds) {}

  /** Warms both up, then lets them take turns; each rests while the other works. */
  public static Pairs take(Plan plan, List<Child> limit, List<Child> measured) throws IOException {
    return take(plan, limit, measured, () -> {}, () -> {});
  }

  /**
   * As above.
   *
   * @param before run before each turn of those that are measured, and before they warm up
   * @param after run after it
   */
  public static Pairs take(
      Plan plan, List<Child> limit, List<Child> measured, Runnable before, Runnable after)
      throws IOException {
    run(limit, plan.warmup());
    before.run();
    run(measured, plan.warmup());
    after.run();
    double[] limitSeconds = new double[plan.repetitions()];
    double[] measuredSeconds = new double[plan.repetitions()];
    for (int i = 0; i < plan.repetitions(); i++) {
      limitSeconds[i] = run(limit, plan.rounds());
      before.run();
      measuredSeconds[i] = run(measured, plan.rounds());
      after.run();
    }
    return new Pairs(limitSeconds, measuredSeconds);
  }

  /** Seconds per round of a team alone, by repetition. */
  public static double[] alone(Plan plan, List<Child> team) throws IOException {
    run(team, plan.warmup());
    double[] seconds = new double[plan.repetitions()];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = run(team, plan.rounds());
    }
    return seconds;
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
