package io.cordee.worker.compute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.reduce.Chunks;
import io.cordee.worker.link.ChunkSink.Chunk;
import io.cordee.worker.link.ChunkSink.Content;
import io.cordee.worker.link.GivenData;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ReceivedFloatsTest {

  // Chunks of 2 and 1.
  private final ReceivedFloats slots = new ReceivedFloats(new Chunks(3, 2, 1));

  @Test
  void aVectorIsThereWhenAllItsChunksHaveArrivedInAnyOrder() {
    assertFalse(slots.put(point(0, 1, 3)));
    assertEquals(Optional.empty(), slots.lookaheadPoint(0));
    assertTrue(slots.put(point(0, 0, 1, 2)), "the last chunk completes it");
    assertArrayEquals(new float[] {1, 2, 3}, slots.lookaheadPoint(0).orElseThrow());
  }

  @Test
  void neighbouringChunksArriveAsOne() {
    assertTrue(slots.put(run(0, 0, 2, 1, 2, 3)));
    assertArrayEquals(new float[] {1, 2, 3}, slots.lookaheadPoint(0).orElseThrow());
    for (Chunk wrong :
        List.of(run(1, 0, 3, 1, 2, 3), run(1, 1, 2, 1, 2, 3), run(1, 0, 0), run(1, 0, -1))) {
      assertThrows(IllegalArgumentException.class, () -> slots.put(wrong));
    }
    String words =
        assertThrows(IllegalArgumentException.class, () -> slots.put(run(1, 0, 2, 1, 2)))
            .getMessage();
    assertEquals("chunk 0 to 1 has 12 bytes; found 8", words);
    assertArrayEquals(new float[] {1, 2, 3}, slots.lookaheadPoint(0).orElseThrow());
  }

  private static Chunk run(int version, int chunk, int count, float... values) {
    Content content = new Content.LookaheadPoint();
    return new Chunk(version, chunk, count, content, GivenData.floats(values));
  }

  @Test
  void aVectorOfWhichNothingHasArrivedIsNotThere() {
    assertEquals(Optional.empty(), slots.lookaheadPoint(4));
    slots.put(point(4, 0, 1, 2));
    assertEquals(Optional.empty(), slots.lookaheadPoint(5));
  }

  @Test
  void theNextVersionArrivesWithoutTouchingTheCurrentOne() {
    whole(7, 1, 2, 3);
    float[] current = slots.lookaheadPoint(7).orElseThrow();
    slots.put(point(8, 0, 10, 20));
    assertArrayEquals(new float[] {1, 2, 3}, current);
    slots.put(point(8, 1, 30));
    assertArrayEquals(new float[] {10, 20, 30}, slots.lookaheadPoint(8).orElseThrow());
    assertArrayEquals(new float[] {1, 2, 3}, slots.lookaheadPoint(7).orElseThrow());
  }

  @Test
  void aThirdVersionTakesThePlaceOfTheOldestAndStartsWithoutItsChunks() {
    whole(0, 1, 2, 3);
    whole(1, 4, 5, 6);
    slots.put(point(2, 0, 7, 8));
    assertEquals(Optional.empty(), slots.lookaheadPoint(2));
    assertEquals(Optional.empty(), slots.lookaheadPoint(0));
    assertArrayEquals(new float[] {4, 5, 6}, slots.lookaheadPoint(1).orElseThrow());
  }

  @Test
  void aVersionThatIsSentAgainAfterAPauseIsWhole() {
    whole(0, 1, 2, 3);
    slots.put(point(1, 0, 4, 5));
    // Nothing for some rounds; then everything at once.
    whole(9, 6, 7, 8);
    whole(10, 9, 9, 9);
    assertArrayEquals(new float[] {6, 7, 8}, slots.lookaheadPoint(9).orElseThrow());
    assertArrayEquals(new float[] {9, 9, 9}, slots.lookaheadPoint(10).orElseThrow());
  }

  /** A shard that is behind sends again what it has sent before. */
  @Test
  void whatIsOlderThanBothVersionsIsDropped() {
    whole(7, 1, 2, 3);
    slots.put(point(8, 0, 10, 20));
    assertFalse(slots.put(point(6, 0, -1, -1)));
    assertArrayEquals(new float[] {1, 2, 3}, slots.lookaheadPoint(7).orElseThrow());
    assertTrue(slots.put(point(8, 1, 30)));
    assertArrayEquals(new float[] {10, 20, 30}, slots.lookaheadPoint(8).orElseThrow());
  }

  @Test
  void weightsThatAreSentApartStandBesideTheLookaheadPoint() {
    whole(0, 1, 2, 3);
    slots.put(new Chunk(0, 0, 1, new Content.Weights(), GivenData.floats(-1, -2)));
    assertEquals(Optional.empty(), slots.weights(0));
    slots.put(new Chunk(0, 1, 1, new Content.Weights(), GivenData.floats(-3)));
    assertArrayEquals(new float[] {-1, -2, -3}, slots.weights(0).orElseThrow());
    assertArrayEquals(new float[] {1, 2, 3}, slots.lookaheadPoint(0).orElseThrow());
    whole(1, 4, 5, 6);
    assertEquals(Optional.empty(), slots.weights(1));
  }

  @Test
  void aChunkThatCannotBeIsRefused() {
    assertRefused(() -> slots.put(point(0, 2, 1)), "no chunk 2 of 2");
    assertRefused(() -> slots.put(point(0, -1, 1)), "no chunk -1 of 2");
    assertRefused(() -> slots.put(point(0, 0, 1)), "chunk 0 has 8 bytes; found 4");
    assertRefused(() -> slots.put(point(0, 1, 1, 2)), "chunk 1 has 4 bytes; found 8");
    assertRefused(
        () -> slots.put(new Chunk(0, 1, 1, new Content.Weights(), GivenData.bytes(3))),
        "chunk 1 has 4 bytes; found 3");
    assertRefused(
        () ->
            slots.put(
                new Chunk(0, 1, 1, new Content.SignsOf(false, List.of()), GivenData.bytes(4))),
        "found signs");
  }

  private void whole(int version, float... values) {
    slots.put(point(version, 0, values[0], values[1]));
    slots.put(point(version, 1, values[2]));
  }

  private static Chunk point(int version, int chunk, float... values) {
    return new Chunk(version, chunk, 1, new Content.LookaheadPoint(), GivenData.floats(values));
  }

  private static void assertRefused(Executable action, String words) {
    IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, action);
    assertTrue(refusal.getMessage().contains(words), refusal::getMessage);
  }
}
