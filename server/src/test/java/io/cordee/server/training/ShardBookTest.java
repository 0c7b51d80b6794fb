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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Five chunks of 2, the last of 1: shard 0 has one of them, shards 1 and 2 have two each. */
class ShardBookTest {

  private static final Chunks CHUNKS = new Chunks(9, 2, 1);

  private static final ModelSpec MODEL =
      MadeUpJob.job("model.layers=[2,3]", "model.init={scheme: uniform, range: 0.5}").model();

  /** The last two chunks are drawn until somebody touches them. */
  private final ShardBook book = new ShardBook(CHUNKS, 3, Optional.of(new Table(6, 3, 1)), MODEL);

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
    book.collect(0, 0, chunks(new float[] {0, 0}), new long[] {7});
    List<String> told = new ArrayList<>();
    book.awaitWeights(() -> told.add("before"));
    book.awaitWeights(() -> told.add("now"));
    book.collect(0, 4, chunks(new float[] {9}), new long[] {4});
    book.collect(0, 1, chunks(new float[] {3, 4}, new float[] {5, 6}), new long[] {1, 2});
    book.collect(0, 3, chunks(new float[] {7, 8}), new long[] {3});
    book.collected();
    assertFalse(book.areAllCollected());
    book.collect(0, 0, chunks(new float[] {1, 2}), new long[] {0});
    assertTrue(book.areAllCollected());
    book.collected();
    book.collected();
    assertEquals(List.of("now"), told);
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, Chunks.joined(book.weights(), 9));
    assertEquals(Digest.ofVector(0, new long[] {0, 1, 2, 3, 4}), book.digest(0));
  }

  private static List<Optional<float[]>> chunks(float[]... values) {
    return Stream.of(values).map(Optional::of).toList();
  }

  @Test
  void chunksThatNobodyHasTouchedAreThoseOfTheStart() {
    book.awaitWeights(() -> {});
    book.collect(0, 0, chunks(new float[] {1, 2}), new long[] {0});
    book.collect(0, 1, chunks(new float[] {3, 4}, new float[] {5, 6}), new long[] {1, 2});
    book.collect(0, 3, List.of(Optional.of(new float[] {7, 8}), Optional.empty()), new long[2]);
    List<float[]> weights = book.weights();
    book.forgetCollected();
    float[] first = InitialWeights.of(MODEL);
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 7, 8, first[8]}, Chunks.joined(weights, 9));
    assertThrows(
        IllegalArgumentException.class,
        () -> book.collect(0, 2, List.of(Optional.empty()), new long[1]));
  }

  @Test
  void oneServerAloneCopiesNothing() {
    ShardBook alone = new ShardBook(CHUNKS, 1, Optional.empty(), MODEL);
    float[] own = new float[2];
    alone.awaitWeights(() -> {});
    alone.collect(0, 0, chunks(own), new long[1]);
    assertTrue(alone.areOthersAt(7));
    assertSame(own, alone.weights().get(0));
  }

  @Test
  void whatCannotBeOfAShardIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> book.stepped(1, 1, new long[3], false));
    assertThrows(IllegalArgumentException.class, () -> book.stepped(1, -1, new long[0], false));
    book.stepped(1, 0, new long[0], true);
    assertThrows(
        IllegalArgumentException.class,
        () -> book.stepped(1, 1, new long[0], true),
        "it is to wait for the others");
    book.lost(1);
    book.beginRound(3);
    book.stepped(1, 3, new long[0], false);
    assertThrows(IllegalArgumentException.class, () -> book.stepped(1, 3, new long[0], false));
    assertThrows(IllegalArgumentException.class, () -> book.stepped(1, 5, new long[0], false));
    assertThrows(IllegalArgumentException.class, () -> book.squares(1, 3, new double[0]));
    assertThrows(IllegalArgumentException.class, () -> book.squares(1, 2, new double[2]));
    assertThrows(
        IllegalArgumentException.class,
        () -> book.collect(3, 5, chunks(new float[2]), new long[1]));
    assertThrows(
        IllegalArgumentException.class,
        () -> book.collect(3, 4, chunks(new float[2]), new long[1]));
    assertThrows(
        IllegalArgumentException.class,
        () -> book.collect(2, 3, chunks(new float[2]), new long[1]));
  }
}
