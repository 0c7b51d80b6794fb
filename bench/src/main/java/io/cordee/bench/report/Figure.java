package io.cordee.bench.report;

/**
 * One thing that was measured, beside its limit.
 *
 * @param unit of both
 * @param measured by repetition
 * @param limit by repetition
 * @param ratio measured / limit, each repetition by itself, so that what slows the machine for a
 *     while slows both
 */
record Figure(
    String name,
    String limitName,
    String unit,
    Spread measured,
    Spread limit,
    Spread ratio,
    Bar bar) {

  static Figure of(String name, String limitName, String unit, Pairs pairs, Bar bar) {
    return new Figure(
        name,
        limitName,
        unit,
        Spread.of(pairs.measured()),
        Spread.of(pairs.limit()),
        Spread.of(pairs.ratios()),
        bar);
  }

  boolean isGood() {
    return bar.isMetBy(ratio.median());
  }
}
