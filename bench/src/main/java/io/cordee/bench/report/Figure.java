package io.cordee.bench.report;

/**
 * One thing that was measured, beside its limit; as JSON has it.
 *
 * @param unit of both
 * @param measured by repetition
 * @param limit by repetition
 * @param ratio measured / limit, each repetition by itself, so that what slows the machine for a
 *     while slows both
 * @param atLeast the bar that the ratio is held to; null if it has the other one
 * @param met whether the ratio's median meets it
 */
record Figure(
    String name,
    String unit,
    Quartiles measured,
    String limitIs,
    Quartiles limit,
    Quartiles ratio,
    Double atLeast,
    Double atMost,
    boolean met) {

  static Figure of(String name, String limitName, String unit, Pairs pairs, Bar bar) {
    Quartiles ratio = Quartiles.of(pairs.ratios());
    boolean isLeast = bar.side() == Bar.Side.AT_LEAST;
    return new Figure(
        name,
        unit,
        Quartiles.of(pairs.measured()),
        limitName,
        Quartiles.of(pairs.limit()),
        ratio,
        isLeast ? bar.value() : null,
        isLeast ? null : bar.value(),
        bar.isMetBy(ratio.median()));
  }
}
