package io.cordee.common.reduce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ShardTest {

  @Property
  void everyChunkHasOneOwnerAndRunsFollowEachOther(
      @ForAll @IntRange(min = 1, max = 400) int parameters,
      @ForAll @IntRange(min = 1, max = 9) int length,
      @ForAll @IntRange(min = 1, max = 2) int width,
      @ForAll @IntRange(min = 1, max = 300) int count) {
    Chunks all = new Chunks(parameters, length, width);
    Assume.that(count <= all.count());
    int next = 0;
    for (int number = 0; number < count; number++) {
      Shard shard = new Shard(number, count);
      assertEquals(next, shard.firstChunk(all));
      next = shard.endChunk(all);
      int share = next - shard.firstChunk(all);
      assertTrue(
          share == all.count() / count || share == (all.count() + count - 1) / count,
          () -> shard + " has " + share + " of " + all.count());
    }
    assertEquals(all.count(), next);
  }

  @Property
  void anOwnChunkHasTheSizeThatItHasInTheWhole(
      @ForAll @IntRange(min = 1, max = 400) int parameters,
      @ForAll @IntRange(min = 1, max = 9) int length,
      @ForAll @IntRange(min = 1, max = 2) int width,
      @ForAll @IntRange(min = 1, max = 50) int count) {
    Chunks all = new Chunks(parameters, length, width);
    Assume.that(count <= all.count());
    for (int number = 0; number < count; number++) {
      Shard shard = new Shard(number, count);
      Chunks own = shard.own(all);
      int first = shard.firstChunk(all);
      assertEquals(shard.endChunk(all) - first, own.count());
      for (int chunk = 0; chunk < own.count(); chunk++) {
        assertEquals(all.from(first + chunk) - all.from(first), own.from(chunk));
        assertEquals(all.size(first + chunk), own.size(chunk));
        assertEquals(all.contributionSize(first + chunk), own.contributionSize(chunk));
      }
    }
  }

  @Test
  void moreShardsThanChunksAreRefused() {
    Chunks two = new Chunks(10, 5, 1);
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> new Shard(0, 3).own(two));
    assertEquals(
        "10 parameters make 2 chunks of 5; there can be no more shards than chunks, found 3",
        refusal.getMessage());
  }

  @Test
  void aShardIsOneOfThoseThatThereAre() {
    assertThrows(IllegalArgumentException.class, () -> new Shard(2, 2));
    assertThrows(IllegalArgumentException.class, () -> new Shard(-1, 2));
    assertThrows(IllegalArgumentException.class, () -> new Shard(0, 0));
    assertTrue(new Shard(0, 2).leads());
    assertEquals("1/2", new Shard(1, 2).toString());
  }
}
