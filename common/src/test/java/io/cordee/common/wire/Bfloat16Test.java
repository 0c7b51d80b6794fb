package io.cordee.common.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class Bfloat16Test {

  private static float rounded(float x) {
    float[] one = {x};
    GradientFormat.BFLOAT16.round(RoundingLoops.PLAIN, one, 0, 1);
    return one[0];
  }

  /** By comparing with both neighbours in double, where all is exact; infinity stands at 2^128. */
  private static float nearest(float x) {
    int down = Float.floatToRawIntBits(x) >>> 16;
    double middle = (exact(down) + exact(down + 1)) / 2;
    double size = Math.abs((double) x);
    boolean up = size > Math.abs(middle) || (size == Math.abs(middle) && (down & 1) == 1);
    return bfloat16(up ? down + 1 : down);
  }

  private static double exact(int bits) {
    float value = bfloat16(bits);
    return Float.isInfinite(value) ? Math.copySign(0x1p128, value) : value;
  }

  private static float bfloat16(int bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  @Property(tries = 5000)
  void anyFiniteFloatBecomesTheNearest(@ForAll int bits) {
    float x = Float.intBitsToFloat(bits);
    if (Float.isFinite(x)) {
      assertEquals(nearest(x), rounded(x));
    }
  }

  @Property(tries = 2000)
  void halfWayTheEvenOneIsTaken(@ForAll short upper) {
    float tie = Float.intBitsToFloat(upper << 16 | 0x8000);
    if (Float.isFinite(tie)) {
      assertEquals(nearest(tie), rounded(tie));
      assertEquals(0, Float.floatToRawIntBits(rounded(tie)) & 0x1FFFF);
    }
  }

  @Test
  void everyBfloat16StaysWhatItIs() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float x = bfloat16(bits);
      assertEquals(x, rounded(x)); // NaN is NaN here
    }
  }

  @Test
  void infinityAndOverflowAreInfiniteAndNanStaysNan() {
    float infinity = Float.POSITIVE_INFINITY;
    assertEquals(infinity, rounded(infinity));
    assertEquals(-infinity, rounded(-infinity));
    assertEquals(infinity, rounded(Float.MAX_VALUE));
    assertEquals(-infinity, rounded(-Float.MAX_VALUE));
    for (int nan : new int[] {0x7FC00000, 0x7F800001, 0x7FFFFFFF, 0xFF800001, 0xFFFFFFFF}) {
      assertTrue(Float.isNaN(rounded(Float.intBitsToFloat(nan))));
    }
  }

  @Test
  void theUpperHalfTravelsLowByteFirst() {
    byte[] bytes = new byte[4];
    GradientFormat.BFLOAT16.encode(
        new float[] {9, bfloat16(0x1234), bfloat16(0xFEDC)}, 1, 2, bytes, 0);
    assertArrayEquals(new byte[] {0x34, 0x12, (byte) 0xDC, (byte) 0xFE}, bytes);
  }
}
