package io.cordee.common.wire;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;

import io.cordee.common.kernel.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** By the JDK's Vector API; what does not fill a vector by the plain loops. */
final class VectorRoundingLoops extends RoundingLoops {

  private static final VectorSpecies<Float> FLOATS = Lanes.species();
  private static final int L = FLOATS.length();
  private static final IntVector NOTHING = FloatVector.zero(FLOATS).reinterpretAsInts();
  private static final IntVector MAGNITUDE = NOTHING.broadcast(Integer.MAX_VALUE);
  private static final IntVector INFINITY = NOTHING.broadcast(0x7F800000);

  private static int whole(int from, int to) {
    return from + FLOATS.loopBound(to - from);
  }

  @Override
  void toBfloat16(float[] x, int from, int to) {
    int whole = whole(from, to);
    for (int i = from; i < whole; i += L) {
      IntVector bits = FloatVector.fromArray(FLOATS, x, i).reinterpretAsInts();
      IntVector isNan = INFINITY.sub(bits.and(MAGNITUDE)).lanewise(ASHR, 31); // all ones or 0
      IntVector rounded = bits.lanewise(LSHR, 16).and(1).add(bits).add(0x7FFF);
      rounded
          .and(isNan.not())
          .or(bits.or(0x400000).and(isNan))
          .and(0xFFFF0000)
          .reinterpretAsFloats()
          .intoArray(x, i);
    }
    super.toBfloat16(x, whole, to);
  }

  @Override
  float largest(float[] x, int from, int to) {
    int whole = whole(from, to);
    IntVector largest = NOTHING;
    for (int i = from; i < whole; i += L) {
      largest = FloatVector.fromArray(FLOATS, x, i).reinterpretAsInts().and(MAGNITUDE).max(largest);
    }
    int rest = Float.floatToRawIntBits(super.largest(x, whole, to));
    return Float.intBitsToFloat(Math.max(largest.reduceLanes(MAX), rest));
  }

  @Override
  void toMultiples(float[] x, int from, int to, float scale) {
    int whole = whole(from, to);
    float perUnit = 1 / scale;
    for (int i = from; i < whole; i += L) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, i);
      v.mul(perUnit).add(ROUNDER).sub(ROUNDER).mul(scale).intoArray(x, i);
    }
    super.toMultiples(x, whole, to, scale);
  }
}
