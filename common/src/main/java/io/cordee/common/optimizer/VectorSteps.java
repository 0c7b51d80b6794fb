package io.cordee.common.optimizer;

import io.cordee.common.kernel.Lanes;
import io.cordee.common.optimizer.BlockUpdate.Step;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Constants of the loops in {@link VectorUpdateSteps}, and the step of a range of any length. A
 * step has the bits of {@link UpdateSteps}' plain loops for all finite values. Java's min and max
 * of floats are five instructions on x86, as they order zeroes and keep NaN; of integers they are
 * one, and floats that are not negative are ordered as their bits.
 *
 * <p>In those loops every operation is written out: in a method of their size, HotSpot inlines the
 * Vector API, but not methods of ours. A scalar operand stands in the loop, where HotSpot makes a
 * vector of it once; the bits of constants are vectors made before the loop. And x is taken from 0,
 * not negated, for which Java 17 now and then makes an object.
 *
 * <p>They read what they are about to overwrite, even where the optimizer does not need it:
 * processors fetch early what is read, and momentum waits for memory half as long.
 */
final class VectorSteps {

  static final VectorSpecies<Float> FLOATS = Lanes.species();
  static final int L = FLOATS.length();

  static final FloatVector ONE = FloatVector.broadcast(FLOATS, 1);
  static final FloatVector ZERO = FloatVector.zero(FLOATS);

  static final IntVector ALL = ZERO.reinterpretAsInts().not();
  static final IntVector ONE_BITS = bits(1);
  static final IntVector NOTHING = ZERO.reinterpretAsInts();
  static final IntVector SIGN = bits(-0f);
  static final IntVector MAGNITUDE = SIGN.not();
  static final IntVector MAX = bits(Float.MAX_VALUE);

  private VectorSteps() {}

  static IntVector bits(float x) {
    return FloatVector.broadcast(FLOATS, x).reinterpretAsInts();
  }

  /** Takes a step of any number of parameters: the last few in a copy that fills a vector. */
  static void take(Step optimizer, Block range) {
    int whole = FLOATS.loopBound(range.length());
    if (whole > 0) {
      optimizer.vectors().accept(range.part(0, whole));
    }
    if (whole < range.length()) {
      Block rest = range.part(whole, range.length() - whole);
      Block copy = rest.scratch(L);
      copy.fill(rest);
      optimizer.vectors().accept(copy);
      rest.take(copy);
    }
  }
}
