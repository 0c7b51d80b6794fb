package io.cordee.common.reduce;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RowSetTest {

  private static final int MOST = 3000;

  /** Draws each row with a chance of one in {@code oneOf}. */
  private static BitSet rows(Random random, int oneOf) {
    BitSet rows = new BitSet();
    for (int row = 0; row < MOST; row++) {
      rows.set(row, random.nextInt(oneOf) == 0);
    }
    return rows;
  }

  @Property(tries = 200)
  void itHasTheRowsOfEachStretch(
      @ForAll @IntRange(min = 1, max = 200) int oneOf, @ForAll long seed) {
    Random random = new Random(seed);
    BitSet rows = rows(random, oneOf);
    int from = random.nextInt(MOST);
    int to = from + random.nextInt(MOST + 1 - from);
    assertArrayEquals(
        rows.stream().filter(row -> row >= from && row < to).toArray(),
        new RowSet(rows).within(from, to));
  }

  @Property(tries = 200)
  void itIsWithinRowsThatHaveAllOfIts(
      @ForAll @IntRange(min = 1, max = 200) int oneOf, @ForAll long seed) {
    Random random = new Random(seed);
    BitSet rows = rows(random, oneOf);
    RowSet set = new RowSet(rows);
    BitSet more = rows(random, 5);
    more.or(rows);
    assertTrue(set.isWithin(more));
    if (!rows.isEmpty()) {
      more.clear(rows.nextSetBit(0));
      assertFalse(set.isWithin(more));
    }
  }

  @Property(tries = 200)
  void itTakesABitForEachRowThereIsOrLess(
      @ForAll @IntRange(min = 1, max = 200) int oneOf, @ForAll long seed) {
    RowSet set = new RowSet(rows(new Random(seed), oneOf));
    assertTrue(set.bytes() <= MOST / Byte.SIZE + Long.BYTES, () -> set.bytes() + " bytes");
  }

  @Test
  void aFewRowsOfManyTakeANumberEach() {
    BitSet rows = new BitSet();
    rows.set(3);
    rows.set(1_000_000_000);
    RowSet set = new RowSet(rows);
    assertTrue(set.bytes() <= 2 * Integer.BYTES + Long.BYTES, () -> set.bytes() + " bytes");
    assertEquals(1_000_000_000, set.within(4, Integer.MAX_VALUE)[0]);
  }
}
