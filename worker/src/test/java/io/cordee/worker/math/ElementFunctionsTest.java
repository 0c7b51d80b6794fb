package io.cordee.worker.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ElementFunctionsTest {

  /** Bits between neighbours of the sweep: a prime, so that all last bits occur. */
  private static final int STRIDE = 4099;

  private final ElementFunctions functions = new ElementFunctions();

  private interface InPlace {
    void apply(float[] x, int count);
  }

  @Test
  void tanhIsWithinSevenUlps() {
    assertWithinUlps(functions::tanh, StrictMath::tanh, 7, allFloats());
  }

  @Test
  void sigmoidIsWithinThreeUlps() {
    assertWithinUlps(
        functions::sigmoid, x -> flushed(1 / (1 + StrictMath.exp(-x))), 3, allFloats());
  }

  @Test
  void expIsWithinTwoUlpsForArgumentsThatAreNotPositive() {
    float[] arguments = allFloats();
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = -Math.abs(arguments[i]);
    }
    assertWithinUlps(functions::expOfNonPositive, x -> flushed(StrictMath.exp(x)), 2, arguments);
  }

  @Test
  void tanhNeverExceedsOne() {
    float[] x = allFloats();
    functions.tanh(x, x.length);
    for (float y : x) {
      assertTrue(!(Math.abs(y) > 1), () -> "found " + y);
    }
  }

  @Test
  void tanhIsExactAtTheEndsAndForDenormals() {
    assertBits(-1, functions::tanh, Float.NEGATIVE_INFINITY);
    assertBits(1, functions::tanh, Float.POSITIVE_INFINITY);
    assertBits(1, functions::tanh, Float.MAX_VALUE);
    assertBits(0f, functions::tanh, 0f);
    assertBits(-0f, functions::tanh, -0f);
    assertBits(Float.MIN_VALUE, functions::tanh, Float.MIN_VALUE);
    assertBits(-1e-40f, functions::tanh, -1e-40f);
    assertBits(Float.NaN, functions::tanh, Float.NaN);
  }

  @Test
  void sigmoidIsExactAtTheEndsAndInTheMiddle() {
    assertBits(0, functions::sigmoid, Float.NEGATIVE_INFINITY);
    assertBits(1, functions::sigmoid, Float.POSITIVE_INFINITY);
    assertBits(0.5f, functions::sigmoid, 0f);
    assertBits(0.5f, functions::sigmoid, -0f);
    assertBits(0.5f, functions::sigmoid, Float.MIN_VALUE);
    assertBits(0.5f, functions::sigmoid, -Float.MIN_VALUE);
    assertBits(Float.NaN, functions::sigmoid, Float.NaN);
  }

  @Test
  void expIsExactAtTheEnds() {
    assertBits(1, functions::expOfNonPositive, 0f);
    assertBits(1, functions::expOfNonPositive, -0f);
    assertBits(1, functions::expOfNonPositive, -Float.MIN_VALUE);
    assertBits(0, functions::expOfNonPositive, Float.NEGATIVE_INFINITY);
    assertBits(0, functions::expOfNonPositive, -69.1f);
    assertBits(1, functions::expOfNonPositive, 3f);
    assertBits(Float.NaN, functions::expOfNonPositive, Float.NaN);
  }

  /** Arrays longer than a block, blocks that are not full, elements beyond the count. */
  @Property
  void anElementsResultDoesNotDependOnItsPlace(@ForAll float x) {
    for (InPlace function :
        new InPlace[] {functions::tanh, functions::sigmoid, functions::expOfNonPositive}) {
      float alone = apply(function, x);
      float[] many = new float[5000];
      Arrays.fill(many, x);
      function.apply(many, 4999);
      for (int i = 0; i < 4999; i++) {
        assertSame(alone, many[i]);
      }
      assertSame(x, many[4999]);
    }
  }

  @Property(tries = 5000)
  void flushingKeepsWhatIsNotTinyAndNothingElse(@ForAll int bits) {
    float x = Float.intBitsToFloat(bits);
    float expected = Math.abs(x) <= ElementFunctions.TINY ? Math.copySign(0f, x) : x;
    assertSame(expected, ElementFunctions.flushed(x));
  }

  @Test
  void flushingTurnsAtTheThreshold() {
    float tiny = ElementFunctions.TINY;
    assertSame(0, ElementFunctions.flushed(tiny));
    assertSame(Math.nextUp(tiny), ElementFunctions.flushed(Math.nextUp(tiny)));
    assertSame(-0f, ElementFunctions.flushed(Math.nextUp(-tiny)));
    assertSame(Math.nextDown(-tiny), ElementFunctions.flushed(Math.nextDown(-tiny)));
    assertSame(Float.NEGATIVE_INFINITY, ElementFunctions.flushed(Float.NEGATIVE_INFINITY));
    assertSame(Float.NaN, ElementFunctions.flushed(Float.NaN));
  }

  private static double flushed(double x) {
    return (float) x <= ElementFunctions.TINY ? 0 : x;
  }

  /** Floats of every sign, exponent and kind, a million of them. */
  private static float[] allFloats() {
    float[] floats = new float[(int) ((1L << 32) / STRIDE)];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = Float.intBitsToFloat(i * STRIDE);
    }
    return floats;
  }

  private static void assertWithinUlps(
      InPlace function, DoubleUnaryOperator exact, double ulps, float[] arguments) {
    float[] results = arguments.clone();
    function.apply(results, results.length);
    for (int i = 0; i < arguments.length; i++) {
      float x = arguments[i];
      float found = results[i];
      double expected = exact.applyAsDouble(x);
      if (Double.isNaN(expected)) {
        assertTrue(Float.isNaN(found), () -> "of " + x + ": " + found);
        continue;
      }
      // At the threshold one of the two may be flushed and the other not.
      double allowed = ulps * Math.ulp((float) expected);
      boolean close =
          Math.abs(found - expected) <= allowed
              || Math.max(Math.abs(found), Math.abs(expected)) <= 1.0001 * ElementFunctions.TINY;
      assertTrue(
          close, () -> "of " + x + " (" + Float.toHexString(x) + "): " + found + ", " + expected);
    }
  }

  private static float apply(InPlace function, float x) {
    float[] one = {x};
    function.apply(one, 1);
    return one[0];
  }

  private static void assertBits(float expected, InPlace function, float x) {
    assertSame(expected, apply(function, x));
  }

  private static void assertSame(float expected, float found) {
    assertEquals(Float.floatToIntBits(expected), Float.floatToIntBits(found), () -> "" + found);
  }
}
