package io.cordee.common.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * XXH64 with seed 0, straight from arrays: equal to the hash of the array's elements written out in
 * little-endian order.
 *
 * <p>Source: Yann Collet, <a
 * href="https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md">xxHash fast digest
 * algorithm</a>, whose step numbers the comments give.
 */
@SuppressWarnings("ConstantOverflow") // primes are added modulo 2^64
public final class Xxh64 {

  private static final long PRIME_1 = 0x9E3779B185EBCA87L;
  private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
  private static final long PRIME_3 = 0x165667B19E3779F9L;
  private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
  private static final long PRIME_5 = 0x27D4EB2F165667C5L;

  private static final int FLOATS_PER_STRIPE = 8;
  private static final int LONGS_PER_STRIPE = 4;

  private Xxh64() {}

  /**
   * The hash of a[from, to), of its bits as they are: −0 differs from 0, and one NaN from another.
   *
   * @throws IndexOutOfBoundsException if the range is not one of the array
   */
  public static long hash(float[] a, int from, int to) {
    Objects.checkFromToIndex(from, to, a.length);
    int i = from;
    long hash = PRIME_5;
    if (to - from >= FLOATS_PER_STRIPE) {
      // Steps 1 and 2: four lanes of eight bytes each.
      long lane1 = PRIME_1 + PRIME_2;
      long lane2 = PRIME_2;
      long lane3 = 0;
      long lane4 = -PRIME_1;
      for (int last = to - FLOATS_PER_STRIPE; i <= last; i += FLOATS_PER_STRIPE) {
        lane1 = round(lane1, word(a, i));
        lane2 = round(lane2, word(a, i + 2));
        lane3 = round(lane3, word(a, i + 4));
        lane4 = round(lane4, word(a, i + 6));
      }
      hash = converge(lane1, lane2, lane3, lane4);
    }
    return end(hash + (long) (to - from) * Float.BYTES, a, i, to);
  }

  /** Steps 5 and 6: what is left over, in words of eight bytes, then of four. */
  private static long end(long begun, float[] a, int from, int to) {
    long hash = begun;
    int i = from;
    for (; i + 2 <= to; i += 2) {
      hash = mix(hash, word(a, i));
    }
    if (i < to) {
      hash ^= (Float.floatToRawIntBits(a[i]) & 0xFFFFFFFFL) * PRIME_1;
      hash = Long.rotateLeft(hash, 23) * PRIME_2 + PRIME_3;
    }
    return avalanche(hash);
  }

  /** The hash of floats that come in parts; that of a single array is a little faster. */
  public static final class Floats {

    private long lane1 = PRIME_1 + PRIME_2;
    private long lane2 = PRIME_2;
    private long lane3;
    private long lane4 = -PRIME_1;
    private long count;

    /** What does not fill a stripe, so far. */
    private final float[] rest = new float[FLOATS_PER_STRIPE];

    private int left;

    /** Adds a[from, to). */
    public void add(float[] a, int from, int to) {
      Objects.checkFromToIndex(from, to, a.length);
      int i = from;
      while (i < to) {
        if (left == 0) {
          i = addStripes(a, i, to);
        }
        int some = Math.min(FLOATS_PER_STRIPE - left, to - i);
        System.arraycopy(a, i, rest, left, some);
        i += some;
        left = (left + some) % FLOATS_PER_STRIPE;
        if (left == 0 && some > 0) {
          addStripes(rest, 0, FLOATS_PER_STRIPE);
        }
      }
      count += to - from;
    }

    /** Steps 1 and 2; where it stops. */
    private int addStripes(float[] a, int from, int to) {
      int i = from;
      long one = lane1;
      long two = lane2;
      long three = lane3;
      long four = lane4;
      for (int last = to - FLOATS_PER_STRIPE; i <= last; i += FLOATS_PER_STRIPE) {
        one = round(one, word(a, i));
        two = round(two, word(a, i + 2));
        three = round(three, word(a, i + 4));
        four = round(four, word(a, i + 6));
      }
      lane1 = one;
      lane2 = two;
      lane3 = three;
      lane4 = four;
      return i;
    }

    /** Of all that were added. */
    public long hash() {
      long hash = count < FLOATS_PER_STRIPE ? PRIME_5 : converge(lane1, lane2, lane3, lane4);
      return end(hash + count * Float.BYTES, rest, 0, left);
    }
  }

  public static long hash(long[] a) {
    int i = 0;
    long hash = PRIME_5;
    if (a.length >= LONGS_PER_STRIPE) {
      long lane1 = PRIME_1 + PRIME_2;
      long lane2 = PRIME_2;
      long lane3 = 0;
      long lane4 = -PRIME_1;
      for (int last = a.length - LONGS_PER_STRIPE; i <= last; i += LONGS_PER_STRIPE) {
        lane1 = round(lane1, a[i]);
        lane2 = round(lane2, a[i + 1]);
        lane3 = round(lane3, a[i + 2]);
        lane4 = round(lane4, a[i + 3]);
      }
      hash = converge(lane1, lane2, lane3, lane4);
    }
    hash += (long) a.length * Long.BYTES;
    for (; i < a.length; i++) {
      hash = mix(hash, a[i]);
    }
    return avalanche(hash);
  }

  public static long hash(byte[] a) {
    ByteBuffer bytes = ByteBuffer.wrap(a).order(ByteOrder.LITTLE_ENDIAN);
    long hash = PRIME_5;
    if (a.length >= LONGS_PER_STRIPE * Long.BYTES) {
      long[] lanes = {PRIME_1 + PRIME_2, PRIME_2, 0, -PRIME_1};
      while (bytes.remaining() >= LONGS_PER_STRIPE * Long.BYTES) {
        for (int lane = 0; lane < LONGS_PER_STRIPE; lane++) {
          lanes[lane] = round(lanes[lane], bytes.getLong());
        }
      }
      hash = converge(lanes[0], lanes[1], lanes[2], lanes[3]);
    }
    hash += a.length;
    // Step 5: what is left over, in words of eight bytes, then of four, then of one.
    while (bytes.remaining() >= Long.BYTES) {
      hash = mix(hash, bytes.getLong());
    }
    if (bytes.remaining() >= Integer.BYTES) {
      hash ^= (bytes.getInt() & 0xFFFFFFFFL) * PRIME_1;
      hash = Long.rotateLeft(hash, 23) * PRIME_2 + PRIME_3;
    }
    while (bytes.hasRemaining()) {
      hash ^= (bytes.get() & 0xFF) * PRIME_5;
      hash = Long.rotateLeft(hash, 11) * PRIME_1;
    }
    return avalanche(hash);
  }

  private static long word(float[] a, int i) {
    return (Float.floatToRawIntBits(a[i]) & 0xFFFFFFFFL)
        | (long) Float.floatToRawIntBits(a[i + 1]) << 32;
  }

  private static long round(long lane, long word) {
    return Long.rotateLeft(lane + word * PRIME_2, 31) * PRIME_1;
  }

  private static long mix(long hash, long word) {
    return Long.rotateLeft(hash ^ round(0, word), 27) * PRIME_1 + PRIME_4;
  }

  /** Step 3. */
  private static long converge(long lane1, long lane2, long lane3, long lane4) {
    long hash =
        Long.rotateLeft(lane1, 1)
            + Long.rotateLeft(lane2, 7)
            + Long.rotateLeft(lane3, 12)
            + Long.rotateLeft(lane4, 18);
    hash = merge(hash, lane1);
    hash = merge(hash, lane2);
    hash = merge(hash, lane3);
    return merge(hash, lane4);
  }

  private static long merge(long hash, long lane) {
    return (hash ^ round(0, lane)) * PRIME_1 + PRIME_4;
  }

  /** Step 6. */
  private static long avalanche(long hash) {
    long h = (hash ^ hash >>> 33) * PRIME_2;
    h = (h ^ h >>> 29) * PRIME_3;
    return h ^ h >>> 32;
  }
}
