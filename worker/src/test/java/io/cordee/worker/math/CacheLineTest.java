package io.cordee.worker.math;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

class CacheLineTest {

  /** An array mostly begins where the one before it has ended, 16 bytes of header included. */
  @Test
  void linesBeginWhereTheLengthOfTheArraysBeforeTells() {
    assumeTrue(Runtime.version().feature() < 24); // later ones warn of Unsafe
    assertTrue(mostBegin(0, new float[64][28]), "arrays of two lines");
    assertTrue(mostBegin(4, new float[64][32]), "arrays of two lines and four floats");
  }

  private static boolean mostBegin(int floatsEarlier, float[][] arrays) {
    int asExpected = 0;
    for (int i = 1; i < arrays.length; i++) {
      int earlier = CacheLine.firstIndex(arrays[i - 1]) - CacheLine.firstIndex(arrays[i]);
      asExpected += Math.floorMod(earlier, CacheLine.FLOATS) == floatsEarlier ? 1 : 0;
    }
    return asExpected > arrays.length / 2;
  }
}
