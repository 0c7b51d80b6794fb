package io.cordee.common.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DigestTest {

  private static final int LENGTH = 20;

  private static float[] filled(float start) {
    float[] values = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      values[i] = start + i;
    }
    return values;
  }

  @Property(tries = 200)
  void everyBitOfWeightsAndSlotsInTheChunkCounts(
      @ForAll @IntRange(max = 2) int array,
      @ForAll @IntRange(max = LENGTH - 1) int at,
      @ForAll @IntRange(max = 31) int bit) {
    float[][] arrays = {filled(1), filled(2), filled(3)};
    float[][] slots = {arrays[1], arrays[2]};
    long before = Digest.ofChunk(arrays[0], slots, 5, 15);

    arrays[array][at] = Float.intBitsToFloat(Float.floatToRawIntBits(arrays[array][at]) ^ 1 << bit);

    boolean inside = at >= 5 && at < 15;
    assertEquals(inside, before != Digest.ofChunk(arrays[0], slots, 5, 15));
  }

  @Property(tries = 200)
  void everyBitOfAStepOfSomeRowsCounts(
      @ForAll @IntRange(max = 3) int array,
      @ForAll @IntRange(max = LENGTH - 1) int at,
      @ForAll @IntRange(max = 31) int bit,
      @ForAll long before) {
    int[] rows = new int[LENGTH];
    float[][] arrays = {filled(1), filled(2), filled(3)};
    float[][] slots = {arrays[1], arrays[2]};
    long sound = Digest.ofStep(before, rows, arrays[0], slots);
    assertNotEquals(sound, Digest.ofStep(before ^ 1L << bit, rows, arrays[0], slots));
    assertNotEquals(sound, Digest.ofStep(before, new int[LENGTH + 1], arrays[0], slots));

    if (array == 3) {
      rows[at] ^= 1 << bit;
    } else {
      arrays[array][at] =
          Float.intBitsToFloat(Float.floatToRawIntBits(arrays[array][at]) ^ 1 << bit);
    }

    assertNotEquals(sound, Digest.ofStep(before, rows, arrays[0], slots));
  }

  @Test
  void theOrderOfSlotsAndChunksAndTheVersionCount() {
    float[] w = filled(1);
    float[] a = filled(2);
    float[] b = filled(3);
    Set<Long> chunks = new HashSet<>();
    chunks.add(Digest.ofChunk(w, new float[][] {a, b}, 0, LENGTH));
    chunks.add(Digest.ofChunk(w, new float[][] {b, a}, 0, LENGTH));
    chunks.add(Digest.ofChunk(a, new float[][] {w, b}, 0, LENGTH));
    chunks.add(Digest.ofChunk(w, new float[][] {a}, 0, LENGTH));
    chunks.add(Digest.ofChunk(w, new float[][] {}, 0, LENGTH));
    assertEquals(5, chunks.size());

    Set<String> vectors = new HashSet<>();
    vectors.add(Digest.ofVector(1, new long[] {7, 8}));
    vectors.add(Digest.ofVector(1, new long[] {8, 7}));
    vectors.add(Digest.ofVector(2, new long[] {7, 8}));
    vectors.add(Digest.ofVector(1, new long[] {7}));
    vectors.add(Digest.ofVector(1, new long[] {}));
    assertEquals(5, vectors.size());
  }

  @Property(tries = 200)
  void aVectorsDigestHasSixteenHexDigits(@ForAll int version, @ForAll long[] chunks) {
    assertTrue(Digest.ofVector(version, chunks).matches("[0-9a-f]{16}"));
  }
}
