package io.cordee.common.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SplitMix64Test {

  /** Seed 1234567, from the algorithm's page on Rosetta Code, computed with splitmix64.c. */
  @Test
  void yieldsThePublishedReferenceValues() {
    SplitMix64 random = new SplitMix64(1234567);
    String[] expected = {
      "6457827717110365317",
      "3203168211198807973",
      "9817491932198370423",
      "4593380528125082431",
      "16408922859458223821"
    };
    assertArrayEquals(
        expected,
        Stream.generate(() -> Long.toUnsignedString(random.nextLong()))
            .limit(expected.length)
            .toArray(String[]::new));
  }

  @Test
  void boundedIntsAreTheUpper31BitsModuloTheBound() {
    SplitMix64 random = new SplitMix64(1234567);
    assertEquals(6457827717110365317L / (1L << 33) % 1000, random.nextInt(1000));
    assertEquals(3203168211198807973L / (1L << 33) % 7, random.nextInt(7));
  }

  @Test
  void boundedIntsAreEvenlySpreadEvenWhereTheModuloAloneWouldNotBe() {
    // 2^31 mod 3·2^29 is 2^29: without rejection the lower third would come twice as often.
    int bound = 3 << 29;
    SplitMix64 random = new SplitMix64(5);
    int draws = 30_000;
    long lowerThird =
        IntStream.range(0, draws).map(i -> random.nextInt(bound)).filter(v -> v < 1 << 29).count();
    assertEquals(10_000, lowerThird, 500);
  }

  @Test
  void doublesLieInTheUnitIntervalAndAverageToItsMiddle() {
    SplitMix64 random = new SplitMix64(-1);
    double sum = 0;
    for (int i = 0; i < 10_000; i++) {
      double value = random.nextDouble();
      assertTrue(value >= 0 && value < 1, () -> "outside [0, 1): " + value);
      sum += value;
    }
    assertEquals(0.5, sum / 10_000, 0.02);
  }

  @Test
  void aBoundBelowOneIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new SplitMix64(1).nextInt(0));
  }
}
