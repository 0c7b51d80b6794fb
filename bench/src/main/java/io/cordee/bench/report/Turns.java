package io.cordee.bench.report;

import java.io.IOException;

/**
 * How something and its limit are measured: by turns, so that what slows the machine for a while
 * slows both.
 *
 * @param warmup rounds of each that are not measured; 0 for none
 * @param repetitions turns of each
 * @param rounds in a turn
 */
public record Turns(int warmup, int repetitions, int rounds) {

  /** Enough to see that it runs. */
  public static final Turns QUICK = new Turns(1, 2, 2);

  /** What is measured. */
  @FunctionalInterface
  public interface Work {
    /** Does this many rounds; seconds per round. */
    double seconds(int rounds) throws IOException;
  }

  /**
   * Each rests while the other works.
   *
   * @return seconds per round
   */
  public Pairs take(Work limit, Work measured) throws IOException {
    if (warmup > 0) {
      limit.seconds(warmup);
      measured.seconds(warmup);
    }
    double[] limits = new double[repetitions];
    double[] values = new double[repetitions];
    for (int turn = 0; turn < repetitions; turn++) {
      limits[turn] = limit.seconds(rounds);
      values[turn] = measured.seconds(rounds);
    }
    return new Pairs(limits, values);
  }
}
