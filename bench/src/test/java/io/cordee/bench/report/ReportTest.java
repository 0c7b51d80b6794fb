package io.cordee.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {

  private static final double[] MEASURED = {8, 18, 30};
  private static final double[] LIMIT = {10, 20, 30};

  private final StringWriter text = new StringWriter();
  private final Report report = new Report(new PrintWriter(text), Report.Size.FULL);

  private static Figure figure(Bar bar) {
    return Figure.of("sum", "triad", "GB/s", new Pairs(LIMIT, MEASURED), bar);
  }

  private void add(Bar bar) {
    report.add("sum", "triad", "GB/s", new Pairs(LIMIT, MEASURED), bar);
  }

  @Test
  void theRatioIsThatOfEachRepetitionByItself() {
    assertEquals(new Quartiles(0.9, 0.85, 0.95, 3), rounded(figure(Bar.atLeast(0.8)).ratio()));
  }

  private static Quartiles rounded(Quartiles spread) {
    return new Quartiles(
        Math.rint(spread.median() * 1e9) / 1e9,
        Math.rint(spread.lowerQuartile() * 1e9) / 1e9,
        Math.rint(spread.upperQuartile() * 1e9) / 1e9,
        spread.count());
  }

  @Test
  void aRatioMeetsABarFromItsSide() {
    assertTrue(figure(Bar.atLeast(0.8)).met());
    assertFalse(figure(Bar.atLeast(0.95)).met());
    assertTrue(figure(Bar.atMost(1.25)).met());
    assertFalse(figure(Bar.atMost(0.8)).met());
  }

  @Test
  void aRepetitionWithoutItsLimitIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Pairs(new double[] {1}, MEASURED));
  }

  @Test
  void aLineShowsTheFigureItsLimitAndTheirRatio() {
    report.begin("reduce", "sums");
    add(Bar.atLeast(0.95));

    String line = text.toString().lines().skip(3).findFirst().orElseThrow();
    assertEquals(
        List.of(
            "sum", "18.0 GB/s ±31 %", "20.0 GB/s ±25 %", "0.90 (0.85 to 0.95)", ">= 0.95  MISSED"),
        List.of(line.strip().split(" {3,}")));
  }

  @Test
  void figuresAreKeptByBenchmark() {
    report.begin("reduce", "sums");
    add(Bar.atLeast(0.8));
    report.begin("rules", "steps");
    report.note("skipped");

    assertEquals(
        List.of("reduce", "rules"),
        report.sections().stream().map(Report.Section::benchmark).toList());
    assertEquals(1, report.sections().get(0).figures().size());
    assertEquals(List.of("skipped"), report.sections().get(1).notes());
  }

  @Test
  void countsAreShort() {
    assertEquals("100 M", Report.count(100_000_000));
    assertEquals("200 k", Report.count(200_000));
    assertEquals("999", Report.count(999));
  }
}
