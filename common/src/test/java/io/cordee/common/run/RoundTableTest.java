package io.cordee.common.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.measure.Metric;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class RoundTableTest {

  private static final RoundTable TABLE =
      RoundTable.parse("round,loss,other,seconds,test_f1,rows_per_second,digest");

  @Test
  void aRowIsReadAsItWasWritten() {
    RoundRow row =
        new RoundRow(
            7,
            Map.of(
                Measure.LOSS,
                0.1,
                Measure.SECONDS,
                1.5,
                Measure.ROWS_PER_SECOND,
                12.5,
                Measure.test(Metric.F1),
                2 / 3.0),
            "0123456789abcdef");
    assertEquals("7,0.1,,1.500000,0.6666666666666666,12.5,0123456789abcdef", TABLE.write(row));
    assertEquals(row, TABLE.read(TABLE.write(row)));
  }

  @Test
  void whatWasNotMeasuredIsEmptyAndUnknownColumnsAreSkipped() {
    RoundRow row = TABLE.read("0,2.5,whatever,0.0,,,");
    assertTrue(Double.isNaN(row.value(Measure.test(Metric.F1))));
    assertEquals(Map.of(Measure.LOSS, 2.5, Measure.SECONDS, 0.0), row.values());
  }

  @Test
  void damageIsNamed() {
    assertEquals("7 values", why("1,2"));
    assertEquals("numbers", why("1,x,,0.0,,,"));
    assertEquals("the number of a round first", why(",1,,0.0,,,"));
    assertEquals("the number of a round first", why("-1,1,,0.0,,,"));
  }

  private static String why(String line) {
    return assertThrows(IllegalArgumentException.class, () -> TABLE.read(line)).getMessage();
  }

  @Test
  void aHeaderNamesRoundLossAndSeconds() {
    assertThrows(IllegalArgumentException.class, () -> RoundTable.parse("round,loss"));
  }

  @Test
  void theRoundOfADamagedLineIsKnown() {
    assertEquals(OptionalInt.of(2_000_000_000), RoundTable.roundOf("2000000000,0.1,"));
    assertEquals(OptionalInt.empty(), RoundTable.roundOf("3000000000,0.1,"));
    assertEquals(OptionalInt.empty(), RoundTable.roundOf(""));
  }
}
