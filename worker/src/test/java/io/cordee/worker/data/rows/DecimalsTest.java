package io.cordee.worker.data.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class DecimalsTest {

  @Test
  void wholeNumbersLoseTheirFraction() {
    assertEquals("8", Decimals.plain("8.0"));
    assertEquals("-120", Decimals.plain("-1.2E2"));
    assertEquals("0", Decimals.plain("-0.0"));
    for (String other : new String[] {"8", "08", "8.5", "1e3", "a.0", ".", "1.0e300", ""}) {
      assertEquals(other, Decimals.plain(other));
    }
  }

  @Test
  void truthIsANumberWhereOneIsWanted() {
    assertEquals(OptionalDouble.of(1), Decimals.truth("True"));
    assertEquals(OptionalDouble.of(0), Decimals.truth("FALSE"));
    assertEquals(OptionalDouble.empty(), Decimals.truth("yes"));
    assertEquals(OptionalDouble.empty(), Decimals.parse("true"), "a label of this name is a name");
  }
}
