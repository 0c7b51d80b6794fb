package io.cordee.bench.report;

/**
 * One thing that was measured, beside its limit.
 *
 * @param name what
 * @param limitName what the limit is
 * @param unit of both
 * @param measured by repetition
 * @param limit by repetition
 * @param ratio measured / limit, each repetition by itself, so that what slows the machine for a
 *     while slows both
 */
public record Figure(
    String name,
    String limitName,
    String unit,
    Spread measured,
    Spread limit,
    Spread ratio,
    Bar bar) {

  /**
   * @param measured one value per repetition
   * @param limit its limit in the same repetition
   */
  public static Figure of(
      String name, String limitName, String unit, double[] measured, double[] limit, Bar bar) {
    if (measured.length != limit.length) {
      throw new IllegalArgumentException(
          "expected a limit for each of " + measured.length + " values; found " + limit.length);
    }
    double[] ratios = new double[measured.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = measured[i] / limit[i];
    }
    return new Figure(
        name, limitName, unit, Spread.of(measured), Spread.of(limit), Spread.of(ratios), bar);
  }

  public boolean isGood() {
    return bar.isMetBy(ratio.median());
  }
}
