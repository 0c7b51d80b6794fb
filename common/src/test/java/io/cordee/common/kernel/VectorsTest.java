package io.cordee.common.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class VectorsTest {

  private static float[] anyBits(Random random, int length, boolean finite) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      do {
        values[i] = Float.intBitsToFloat(random.nextInt());
      } while (finite && !Float.isFinite(values[i]));
    }
    return values;
  }

  @Property(tries = 500)
  void allAreFiniteUntilOneIsNot(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5000) int count) {
    Random random = new Random(seed);
    float[] values = anyBits(random, count, true);
    assertEquals(true, Vectors.allFinite(values));
    assertEquals(-1, Vectors.firstNotFinite(values));
    int at = random.nextInt(values.length);
    float[] bad = {
      Float.NaN, Float.intBitsToFloat(0xFFC00001), Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
    };
    values[at] = bad[random.nextInt(bad.length)];
    assertEquals(false, Vectors.allFinite(values));
    assertEquals(at, Vectors.firstNotFinite(values));
  }

  @Property(tries = 500)
  void squaresAreAddedInEightSumsAndThoseInPairs(
      @ForAll long seed, @ForAll @IntRange(max = 100) int length) {
    float[] values = anyBits(new Random(seed), length + 3, true);
    double[] sums = new double[8];
    for (int i = 0; i < length; i++) {
      sums[i % 8] += (double) values[i] * values[i];
    }
    for (int stride = 1; stride < 8; stride *= 2) {
      for (int i = 0; i < 8; i += 2 * stride) {
        sums[i] += sums[i + stride];
      }
    }
    assertEquals(sums[0], Vectors.squares(values, length));
  }
}
