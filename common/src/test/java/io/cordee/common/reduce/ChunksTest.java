package io.cordee.common.reduce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunksTest {

  @ParameterizedTest
  @CsvSource({
    "2, 256, 1",
    "2410, 256, 10", // the digits: more than a sixteenth
    "4096, 256, 16",
    "4097, 512, 9",
    "101770, 6400, 16", // Fashion-MNIST, 784-128-10
    "1048576, 65536, 16",
    "1048577, 65536, 17",
    "2147483647, 65536, 32768"
  })
  void aChunkIsASixteenthOfTheVectorWithinItsBounds(int parameters, int length, int count) {
    Chunks chunks = Chunks.of(parameters, 1);
    assertEquals(length, chunks.length());
    assertEquals(count, chunks.count());
    assertEquals(length, Chunks.of(parameters, 2).length(), "of the vector's length alone");
  }

  @Property
  void chunksAreWholeBlocksAndAMessageHoldsAsManyAsTheLongestChunkIsLong(
      @ForAll @IntRange(min = 1) int parameters) {
    Chunks chunks = Chunks.of(parameters, 1);
    int length = chunks.length();
    assertEquals(0, length % 256);
    assertTrue(length == 65_536 || 16L * length >= parameters);
    assertTrue(length == 256 || 16L * (length - 256) < parameters, "no longer than it has to be");
    assertTrue(chunks.perMessage() * length <= 65_536);
    assertTrue((chunks.perMessage() + 1) * length > 65_536);
  }

  @Test
  void aVectorWithAHessianIsCutOnlyWhereAMessageWouldExceedAMebibyte() {
    assertEquals(1, Chunks.of(400, 401).count());
    Chunks chunks = Chunks.of(2_000, 2_001);
    assertEquals(131, chunks.length());
    assertTrue(chunks.contributionSize(0) <= 1 << 18 && 132 * 2_001 > 1 << 18);
    assertEquals(1, chunks.perMessage());
  }
}
