package io.cordee.worker.data.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import java.util.Random;
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
  void bytesAreTheNumberThatTheirTextIs() {
    Random random = new Random(1);
    int read = 0;
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int left = random.nextInt(20); left > 0; left--) {
        text.append("00123456789.-+e ".charAt(random.nextInt(left % 4 == 0 ? 16 : 11)));
      }
      byte[] bytes = ("7" + text + "7").getBytes(StandardCharsets.UTF_8);
      double found = Decimals.parse(bytes, 1, bytes.length - 1);
      if (!Double.isNaN(found)) {
        read++;
        double expected = Decimals.parse(text.toString()).orElseThrow();
        assertEquals(Double.doubleToLongBits(expected), Double.doubleToLongBits(found), "" + text);
      }
    }
    assertTrue(read > 50_000, read + " numbers");
    for (String none : new String[] {"", ".", "-", "+-1", "1.2.3", "NaN", "1e3", "1 "}) {
      assertTrue(
          Double.isNaN(Decimals.parse(none.getBytes(StandardCharsets.UTF_8), 0, none.length())));
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
