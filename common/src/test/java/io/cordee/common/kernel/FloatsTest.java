package io.cordee.common.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
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
  void withinKeepsWhatIsNoLongerThanTheBoundAndCutsTheRest(
      @ForAll float x, @ForAll @FloatRange(min = 0, max = 100) float bound) {
    float expected = x > bound ? bound : x < -bound ? -bound : x;
    assertTrue(expected == Floats.within(x, bound));
  }

  @Property
  void positiveIsZeroForAllThatIsNot(@ForAll float x) {
    assertEquals(x > 0 ? x : 0f, Floats.positive(x));
  }

  @Property
  void onlyZeroIsZero(@ForAll int bits) {
    float x = Float.intBitsToFloat(bits);
    assertEquals(x == 0 ? 1f : Float.isNaN(x) ? x : 0f, Floats.isZero(x));
    assertEquals(1f, Floats.isZero(-0f));
    assertEquals(0f, Floats.isZero(Float.MIN_VALUE));
  }
}
