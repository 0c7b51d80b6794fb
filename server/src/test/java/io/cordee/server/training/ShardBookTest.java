package io.cordee.server.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.kernel.Digest;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Table;
import io.cordee.server.MadeUpJob;
import io.cordee.server.round.CollectedChunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Five chunks of 2, the last of 1: shard 0 has one of them, shards 1 and 2 have two each. */
class ShardBookTest {

  private static final Chunks CHUNKS = new Chunks(9, 2, 1);

  private static final int DIGEST_EVERY = 4;

  private static final ModelSpec MODEL =
      MadeUpJob.job("model.layers=[2,3]", "model.init={scheme: uniform, range: 0.5}").model();

  /** The last two chunks are drawn until somebody touches them. */
  private final ShardBook book =
      new ShardBook(
          CHUNKS,
          3,
          Optional.of(new Table(6, 3, 1)),
          MODEL,
          version -> version % DIGEST_EVERY == 0);

  @Test
  void everyOtherShardIsWaitedFor() {
    book.stepped(0, 0, new long[] {0}, false);
    assertFalse(book.areAllThere());
    book.stepped(1, 0, new long[] {1, 2}, false);
    assertFalse(book.areOthersAt(0));
    book.stepped(2, 0, new long[] {3, 4}, false);
    assertTrue(book.areOthersAt(0));
    assertTrue(book.areAllThere());
    book.stepped(2, 1, new long[0], false);
    assertFalse(book.areOthersAt(0));
    assertFalse(book.areOthersAt(1));
    book.lost(1);
    assertFalse(book.areAllThere());
  }

  @Test
  void theDigestIsThatOfTheWholeVector() {
    book.beginRound(4);
    book.stepped(2, 4, new long[] {13, 14}, false);
    book.stepped(1, 4, new long[] {11, 12}, false);
    book.stepped(0, 4, new long[] {10}, false);
    assertEquals(Digest.ofVector(4, new long[] {10, 11, 12, 13, 14}), book.digest(4));
  }

  @Test
  void squaresStandInChunkOrderAndAreForgottenWithTheRound() {
    book.squares(2, 0, new double[] {3, 4});
    book.squares(0, 0, new double[] {0.5});
    assertFalse(book.areAllSquared());
    book.squares(1, 0, new double[] {1, 2});
    assertTrue(book.areAllSquared());
    assertArrayEquals(new double[] {0.5, 1, 2, 3, 4}, book.squares());
    book.beginRound(1);
    assertFalse(book.areAllSquared());
  }

  @Test
  void theWholeIsWhatAllHaveSentOnceItIsAwaited() {
    book.collect(0, 0, 0, List.of(chunk(7, 0, 0)));
    List<String> told = new ArrayList<>();
    book.awaitWeights(() -> told.add("before"));
    book.awaitWeights(() -> told.add("now"));
    book.collect(2, 0, 4, List.of(chunk(4, 9)));
    book.collect(1, 0, 1, List.of(chunk(1, 3, 4), chunk(2, 5, 6)));
    book.collect(2, 0, 3, List.of(chunk(3, 7, 8)));
    book.collected();
    assertFalse(book.areAllCollected());
    book.collect(0, 0, 0, List.of(chunk(0, 1, 2)));
    assertTrue(book.areAllCollected());
    book.collected();
    book.collected();
    assertEquals(List.of("now"), told);
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, Chunks.joined(book.weights(), 9));
    assertEquals(Digest.ofVector(0, new long[] {0, 1, 2, 3, 4}), book.digest(0));
  }

  private static CollectedChunk chunk(long checksum, float... weights) {
    return new CollectedChunk(
        Optional.of(weights).filter(all -> all.length > 0),
        Digest.hashes(weights, new float[0][]),
        checksum);
  }

  @Test
  void weightsWithAnotherChecksumThanTheChunkHadAreRefused() {
    book.stepped(2, 0, new long[] {3, 4}, true);
    book.awaitWeights(() -> {});
    book.collect(2, 0, 3, List.of(chunk(3, 7, 8)));
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class, () -> book.collect(2, 0, 4, List.of(chunk(5, 9))));
    assertEquals(
        "chunk 4 of shard 2/3 had checksum 0000000000000004 at version 0; its weights come with"
            + " 0000000000000005",
        refusal.getMessage());
    book.applied(); // slots have moved on, and the checksum with them
    book.collect(2, 0, 4, List.of(chunk(5, 9)));
  }

  @Test
  void aChunkThatComesAgainIsTheSame() {
    book.awaitWeights(() -> {});
    book.collect(2, 0, 3, List.of(chunk(3, 7, 8)));
    book.collect(2, 0, 3, List.of(chunk(3, 7, 8)));
    assertThrows(
        IllegalArgumentException.class, () -> book.collect(2, 0, 3, List.of(chunk(3, 7, 9))));
    book.collect(2, 0, 4, List.of(chunk(4)));
    book.collect(2, 0, 4, List.of(chunk(4, 9))); // somebody has read it, which made it
    book.forgetCollected();
    book.collect(2, 0, 3, List.of(chunk(3, 7, 9)));
  }

  @Test
  void checksumsAreRequiredWhereADigestIsDue() {
    book.beginRound(3);
    for (int shard = 1; shard <= 2; shard++) {
      int number = shard;
      assertThrows(
          IllegalArgumentException.class, () -> book.stepped(number, 3, new long[0], true));
      book.stepped(shard, 3, new long[2], true);
    }
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> book.stepped(1, 4, new long[0], false));
    assertEquals("shard 1/3 has 2 chunks; found 0 checksums", refusal.getMessage());
    book.stepped(1, 4, new long[2], false);
    book.stepped(1, 5, new long[0], false);
  }

  @Test
  void chunksThatNobodyHasTouchedAreThoseOfTheStart() {
    book.awaitWeights(() -> {});
    book.collect(0, 0, 0, List.of(chunk(0, 1, 2)));
    book.collect(1, 0, 1, List.of(chunk(1, 3, 4), chunk(2, 5, 6)));
    book.collect(2, 0, 3, List.of(chunk(3, 7, 8), chunk(4)));
    List<float[]> weights = book.weights();
    book.forgetCollected();
    float[] first = InitialWeights.of(MODEL);
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 7, 8, first[8]}, Chunks.joined(weights, 9));
    assertThrows(IllegalArgumentException.class, () -> book.collect(1, 0, 2, List.of(chunk(2))));
  }

  @Test
  void oneServerAloneCopiesNothing() {
    ShardBook alone = new ShardBook(CHUNKS, 1, Optional.empty(), MODEL, version -> true);
    float[] own = new float[2];
    alone.awaitWeights(() -> {});
    alone.collect(0, 0, 0, List.of(chunk(0, own)));
    assertTrue(alone.areOthersAt(7));
    assertSame(own, alone.weights().get(0));
  }

  @Test
  void whatCannotBeOfAShardIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> book.stepped(1, 1, new long[3], false));
    assertThrows(IllegalArgumentException.class, () -> book.stepped(1, -1, new long[0], false));
    book.stepped(1, 0, new long[2], true);
    assertThrows(
        IllegalArgumentException.class,
        () -> book.stepped(1, 1, new long[0], true),
        "it is to wait for the others");
    book.lost(1);
    book.beginRound(3);
    book.stepped(1, 3, new long[2], false);
    assertThrows(IllegalArgumentException.class, () -> book.stepped(1, 3, new long[0], false));
    assertThrows(IllegalArgumentException.class, () -> book.stepped(1, 5, new long[0], false));
    assertThrows(IllegalArgumentException.class, () -> book.squares(1, 3, new double[0]));
    assertThrows(IllegalArgumentException.class, () -> book.squares(1, 2, new double[2]));
    assertThrows(
        IllegalArgumentException.class, () -> book.collect(2, 3, 5, List.of(chunk(0, 0, 0))));
    assertThrows(
        IllegalArgumentException.class, () -> book.collect(2, 3, 4, List.of(chunk(0, 0, 0))));
    assertThrows(
        IllegalArgumentException.class, () -> book.collect(1, 2, 3, List.of(chunk(0, 0, 0))));
  }
}
