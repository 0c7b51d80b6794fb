package io.cordee.common.random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SplitMix64Test {

  /** The JDK's SplittableRandom is the same algorithm, written by its authors. */
  @Property
  void isTheStreamOfTheJdksSplittableRandom(@ForAll long seed) {
    SplitMix64 random = new SplitMix64(seed);
    SplittableRandom expected = new SplittableRandom(seed);
    for (int i = 0; i < 20; i++) {
      assertEquals(expected.nextLong(), random.nextLong());
    }
  }

  /** The numbers that Vigna's splitmix64.c prints for the seed 1234567, as widely published. */
  @Test
  void givesThePublishedNumbers() {
    SplitMix64 random = new SplitMix64(1234567);
    assertEquals("6457827717110365317", Long.toUnsignedString(random.nextLong()));
    assertEquals("3203168211198807973", Long.toUnsignedString(random.nextLong()));
    assertEquals("9817491932198370423", Long.toUnsignedString(random.nextLong()));
    assertEquals("4593380528125082431", Long.toUnsignedString(random.nextLong()));
    assertEquals("16408922859458223821", Long.toUnsignedString(random.nextLong()));
  }

  @Property
  void integersStayBelowTheirBound(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = Integer.MAX_VALUE) int bound) {
    SplitMix64 random = new SplitMix64(seed);
    for (int i = 0; i < 20; i++) {
      int value = random.nextInt(bound);
      assertTrue(0 <= value && value < bound, () -> value + " of " + bound);
    }
  }

  @Test
  void integersAreAllAlikeOften() {
    int bound = 7;
    int draws = 70_000;
    int[] counts = new int[bound];
    SplitMix64 random = new SplitMix64(5);
    for (int i = 0; i < draws; i++) {
      counts[random.nextInt(bound)]++;
    }
    double chiSquared = 0;
    for (int count : counts) {
      chiSquared += (count - 10_000.0) * (count - 10_000.0) / 10_000.0;
    }
    assertTrue(chiSquared < 22.5, "chi squared of 6 degrees of freedom: " + chiSquared); // p 0.001
  }

  @Property
  void doublesLieFromZeroToBelowOne(@ForAll long seed) {
    SplitMix64 random = new SplitMix64(seed);
    for (int i = 0; i < 20; i++) {
      double value = random.nextDouble();
      assertTrue(0 <= value && value < 1, () -> "found " + value);
    }
  }

  @Test
  void refusesABoundWithoutValues() {
    assertThrows(IllegalArgumentException.class, () -> new SplitMix64(1).nextInt(0));
  }
}
