package io.cordee.common.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import net.jpountz.xxhash.XXHash64;
import net.jpountz.xxhash.XXHashFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class Xxh64Test {

  private static final XXHash64 REFERENCE = XXHashFactory.safeInstance().hash64();

  @Test
  void nothingHashesToThePublishedValue() {
    assertEquals(0xEF46DB3751D8E999L, Xxh64.hash(new float[0], 0, 0));
    assertEquals(0xEF46DB3751D8E999L, Xxh64.hash(new float[3], 2, 2));
    assertEquals(0xEF46DB3751D8E999L, Xxh64.hash(new long[0]));
  }

  /** From {@code xxhsum -H64} of the 4 bytes "abcd". */
  @Test
  void fourBytesHashToThePublishedValue() {
    float abcd = Float.intBitsToFloat(0x64636261);
    assertEquals(0xDE0327B0D25D92CCL, Xxh64.hash(new float[] {abcd}, 0, 1));
  }

  @Property(tries = 500)
  void anyRangeOfFloatsHashesAsItsLittleEndianBytes(
      @ForAll long seed,
      @ForAll @IntRange(max = 300) int from,
      @ForAll @IntRange(max = 300) int n) {
    Random random = new Random(seed);
    float[] a = new float[from + n + random.nextInt(5)];
    for (int i = 0; i < a.length; i++) {
      a[i] = Float.intBitsToFloat(random.nextInt());
    }
    ByteBuffer bytes = ByteBuffer.allocate(n * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = from; i < from + n; i++) {
      bytes.putInt(Float.floatToRawIntBits(a[i]));
    }
    long expected = REFERENCE.hash(bytes.flip(), 0);
    assertEquals(expected, Xxh64.hash(a, from, from + n));
    Xxh64.Floats parts = new Xxh64.Floats();
    for (int at = from; at < from + n; ) {
      int end = Math.min(from + n, at + random.nextInt(20));
      parts.add(a, at, end);
      at = end;
    }
    assertEquals(expected, parts.hash());
  }

  @Property(tries = 200)
  void longsHashAsTheirLittleEndianBytes(@ForAll long[] a) {
    ByteBuffer bytes = ByteBuffer.allocate(a.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(a);
    assertEquals(REFERENCE.hash(bytes, 0), Xxh64.hash(a));
  }

  @Property(tries = 200)
  void bytesHashAsTheyAre(@ForAll byte[] a) {
    assertEquals(REFERENCE.hash(ByteBuffer.wrap(a), 0), Xxh64.hash(a));
  }

  @Test
  void theTwoZeroesDiffer() {
    assertNotEquals(Xxh64.hash(new float[] {0f}, 0, 1), Xxh64.hash(new float[] {-0f}, 0, 1));
  }

  @Test
  void aRangeOutsideOfTheArrayIsRefused() {
    assertThrows(IndexOutOfBoundsException.class, () -> Xxh64.hash(new float[4], 2, 5));
    assertThrows(IndexOutOfBoundsException.class, () -> Xxh64.hash(new float[4], 3, 2));
  }
}
