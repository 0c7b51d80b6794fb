package io.cordee.worker.data.rows;

import static io.cordee.worker.data.DataFiles.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class PartitionsTest {

  @Property
  void partitionsCoverAllRowsOnceAndAreOfNearlyEqualSize(
      @ForAll @IntRange(min = 1, max = 2000) int count,
      @ForAll @LongRange(min = 0, max = 1L << 40) long more) {
    Partitions partitions = new Partitions(count + Math.min(more, (1L << 30) * count), count);
    long next = 0;
    for (int p = 0; p < count; p++) {
      assertEquals(next, partitions.from(p));
      next = partitions.to(p);
      long least = partitions.rows() / count;
      int size = partitions.size(p);
      assertTrue(size == least || size == least + 1, () -> size + " is not near " + least);
    }
    assertEquals(partitions.rows(), next);
  }

  @Test
  void boundariesAreThoseOfTheFormula() {
    Partitions partitions = new Partitions(10, 4);
    assertEquals(0, partitions.from(0));
    assertEquals(2, partitions.from(1));
    assertEquals(5, partitions.from(2));
    assertEquals(7, partitions.from(3));
    assertEquals(10, partitions.to(3));
  }

  @Test
  void fewerRowsThanPartitionsAreRefused() {
    assertRefused(() -> new Partitions(31, 32), "32 partitions need at least 32 rows; found 31");
  }

  @Test
  void partitionsOfMoreRowsThanAnArrayHoldsAreRefused() {
    assertRefused(() -> new Partitions(1L << 32, 2), "raise partitions");
  }

  @Test
  void aPartitionThatDoesNotExistIsRefused() {
    assertThrows(IndexOutOfBoundsException.class, () -> new Partitions(10, 4).from(4));
  }
}
