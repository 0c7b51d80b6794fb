package io.cordee.worker.math;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.RoundingMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class FmaTest {

  private static final float[] EDGES = {
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    1e-30f,
    1,
    -1,
    0x1.000002p0f,
    0x1.fffffep-1f,
    0x1p24f,
    0x1.000002p24f,
    1e30f,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN
  };

  @Property(tries = 20_000)
  void inSoftwareHasTheBitsOfMathFma(@ForAll int a, @ForAll int b, @ForAll int c) {
    check(Float.intBitsToFloat(a), Float.intBitsToFloat(b), Float.intBitsToFloat(c));
  }

  /** Sums that nearly cancel, and results half-way between two floats. */
  @Property(tries = 20_000)
  void inSoftwareIsExactWhereMostIsLost(@ForAll int a, @ForAll int b, @ForAll byte off) {
    float x = Float.intBitsToFloat(a & 0x807fffff | 0x3f000000);
    float y = Float.intBitsToFloat(b & 0x807fffff | 0x3f000000);
    float product = x * y;
    check(x, y, -product);
    check(x, y, -Float.intBitsToFloat(Float.floatToRawIntBits(product) + off));
    check(x, y, 0x1p24f + off);
    check(x, y * 0x1p-125f, Float.MIN_VALUE * off);
  }

  @Test
  void inSoftwareIsExactAtTheEdges() {
    for (float a : EDGES) {
      for (float b : EDGES) {
        for (float c : EDGES) {
          check(a, b, c);
        }
      }
    }
  }

  /** By exact decimals, for a rounding that double alone would get wrong: twice, to even. */
  @Test
  void roundsOnce() {
    float a = 0x1.000002p0f;
    float c = 0x1p-60f;
    float b = 0x1.000002p0f;
    BigDecimal exact = new BigDecimal(a).multiply(new BigDecimal(b)).add(new BigDecimal(c));
    float below = 0x1.000004p0f;
    float above = Math.nextUp(below);
    BigDecimal middle =
        new BigDecimal(below)
            .add(new BigDecimal(above))
            .divide(BigDecimal.valueOf(2), 200, RoundingMode.UNNECESSARY);
    float expected = exact.compareTo(middle) > 0 ? above : below;
    assertEquals(expected, Fma.inSoftware(a, b, c));
    assertEquals(expected, Math.fma(a, b, c));
  }

  private static void check(float a, float b, float c) {
    assertEquals(Math.fma(a, b, c), Fma.inSoftware(a, b, c), () -> a + " * " + b + " + " + c);
  }
}
