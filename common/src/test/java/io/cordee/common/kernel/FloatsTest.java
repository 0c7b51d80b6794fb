package io.cordee.common.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class FloatsTest {

  @Property
  void theSignOfAnyBitPatternIsThatOfItsValue(@ForAll int bits) {
    float x = Float.intBitsToFloat(bits);
    float expected = x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : Float.NaN;
    assertEquals(expected, Floats.sign(x));
  }

  @Test
  void theSmallestDenormalsHaveASign() {
    assertEquals(1f, Floats.sign(Float.MIN_VALUE));
    assertEquals(-1f, Floats.sign(-Float.MIN_VALUE));
  }

  @Test
  void theSignOfMinusZeroIsPlusZero() {
    assertEquals(0, Float.floatToRawIntBits(Floats.sign(-0f)));
  }

  @Property
  void finiteKeepsWhatIsFinite(@ForAll float x) {
    assertEquals(Float.floatToRawIntBits(x), Float.floatToRawIntBits(Floats.finite(x)));
  }

  @Test
  void finiteHoldsInfinityAtTheLargestFloat() {
    assertEquals(Float.MAX_VALUE, Floats.finite(Float.POSITIVE_INFINITY));
    assertEquals(-Float.MAX_VALUE, Floats.finite(Float.NEGATIVE_INFINITY));
    assertTrue(Float.isNaN(Floats.finite(Float.NaN)));
  }

  @Property
  void aBlendIsExactlyOneOfItsTwoValues(@ForAll float chosen, @ForAll float other) {
    assertTrue(chosen == Floats.blend(1, chosen, other));
    assertTrue(other == Floats.blend(0, chosen, other));
  }
}
