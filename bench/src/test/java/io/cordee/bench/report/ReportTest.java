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

  private static String line(Bar bar) {
    return new Figure("sum", "triad", "GB/s", new Pairs(LIMIT, MEASURED), bar).line();
  }

  @Test
  void aLineShowsTheFigureItsLimitAndTheRatioOfEachRepetitionByItself() {
    assertEquals(
        List.of(
            "sum", "18.0 GB/s ±61 %", "0.90 (0.80 to 1.00)", ">= 0.90", "triad, 20.0 GB/s ±50 %"),
        List.of(line(Bar.atLeast(0.9)).split(" {3,}")));
  }

  @Test
  void aRatioMeetsABarFromItsSide() {
    assertFalse(line(Bar.atLeast(0.8)).contains("MISSED"));
    assertTrue(line(Bar.atLeast(0.95)).contains(">= 0.95  MISSED"));
    assertFalse(line(Bar.atMost(1.25)).contains("MISSED"));
    assertTrue(line(Bar.atMost(0.8)).contains("<= 0.80  MISSED"));
  }

  @Test
  void aRepetitionWithoutItsLimitIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Pairs(new double[] {1}, MEASURED));
  }

  @Test
  void figuresAndNotesStandBelowTheNameOfTheirBenchmark() {
    report.begin("reduce", "sums");
    report.add("sum", "triad", "GB/s", new Pairs(LIMIT, MEASURED), Bar.atLeast(0.8));
    report.note("skipped");

    List<String> lines = text.toString().lines().toList();
    assertEquals(List.of("", "reduce: sums", Figure.header()), lines.subList(0, 3));
    assertEquals(List.of(line(Bar.atLeast(0.8)), "  skipped"), lines.subList(3, 5));
  }

  @Test
  void countsAreShort() {
    assertEquals("100 M", Report.count(100_000_000));
    assertEquals("200 k", Report.count(200_000));
    assertEquals("999", Report.count(999));
  }
}
