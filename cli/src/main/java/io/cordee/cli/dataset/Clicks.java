package io.cordee.cli.dataset;

import io.cordee.common.random.SplitMix64;

/**
 * Made-up clicks, of which each row is a function of its number. Labels are drawn by a
 * factorization machine: S. Rendle, "Factorization Machines", ICDM 2010.
 *
 * @param ids of all columns together
 */
record Clicks(long ids, int columns, long seed) {

  /** Of an id's vector. */
  private static final int FACTORS = 4;

  /** Of a log-odds: about a quarter of the rows are clicks. */
  private static final double BIAS = -1.5;

  /** Standard deviations, over rows, of what ids and pairs add to the log-odds. */
  private static final double OF_IDS = 1.5;

  private static final double OF_PAIRS = 1;

  private static final int BITS = 12;
  private static final int MASK = (1 << BITS) - 1;

  /**
   * A row's ids: the numbers of the first column's come first, then those of the second, and in
   * each small ones are the frequent ones, uniform by their logarithm.
   *
   * @param into receives them
   * @return whether it is a click
   */
  boolean row(long number, long[] into) {
    SplitMix64 random = new SplitMix64(seed);
    random.skip(number * (columns + 1));
    long ofColumn = ids / columns;
    double logarithm = StrictMath.log(ofColumn + 1.0);
    // Of a uniform number in [-1/2, 1/2] the deviation is 1 / sqrt(12).
    double ofOne = OF_IDS * Math.sqrt(12.0 / columns);
    double factor = Math.sqrt(12 * OF_PAIRS / (columns * Math.sqrt(FACTORS / 2.0)));
    double logOdds = BIAS;
    double[] sums = new double[FACTORS];
    for (int column = 0; column < columns; column++) {
      long rank = (long) StrictMath.exp(random.nextDouble() * logarithm);
      long id = column * ofColumn + Math.min(rank, ofColumn);
      into[column] = id;
      SplitMix64 planted = new SplitMix64(~seed);
      planted.skip(id);
      long bits = planted.nextLong();
      logOdds += ofOne * centred(bits);
      for (int k = 0; k < FACTORS; k++) {
        bits >>>= BITS;
        double value = factor * centred(bits);
        sums[k] += value;
        logOdds -= value * value / 2;
      }
    }
    for (double sum : sums) {
      logOdds += sum * sum / 2;
    }
    return random.nextDouble() < 1 / (1 + StrictMath.exp(-logOdds));
  }

  private static double centred(long bits) {
    return (bits & MASK) / (double) MASK - 0.5;
  }
}
