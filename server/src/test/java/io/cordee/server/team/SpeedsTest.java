package io.cordee.server.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.server.team.Speeds.Took;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpeedsTest {

  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1000 * MILLI;

  private final WorkerId ann = new WorkerId(1, "ann");
  private final WorkerId ben = new WorkerId(2, "ben");
  private final WorkerId cat = new WorkerId(3, "cat");
  private final Speeds speeds = new Speeds();
  private long now;

  /** Rounds with equal leases; times are in milliseconds. */
  private List<WorkerId> rounds(int count, long anns, long bens, long cats) {
    List<WorkerId> changed = List.of();
    for (int i = 0; i < count && changed.isEmpty(); i++) {
      now += Math.max(anns, Math.max(bens, cats)) * MILLI;
      Map<WorkerId, Took> round = new LinkedHashMap<>();
      round.put(ann, new Took(1, 8, anns * MILLI, true));
      round.put(ben, new Took(1, 8, bens * MILLI, true));
      round.put(cat, new Took(1, 8, cats * MILLI, true));
      changed = speeds.measured(round, now);
    }
    return changed;
  }

  @Test
  void whoIsSlowRoundAfterRoundCountsAsSlow() {
    assertEquals(List.of(ben), rounds(5, 1000, 10_000, 1000));
    assertEquals(0.1, speeds.of(ben, 1), 1e-9);
    assertEquals(0.4, speeds.of(ben, 4), 1e-9);
    assertEquals(2, speeds.of(ann, 2));
    assertFalse(speeds.areAlike(List.of(ann, ben, cat)));
    assertTrue(speeds.areAlike(List.of(ann, cat)));
  }

  @Test
  void threeRoundsAreNotEnoughIfTheyAreShort() {
    assertEquals(List.of(), rounds(21, 10, 100, 10));
    assertEquals(List.of(ben), rounds(1, 10, 100, 10));
  }

  @Test
  void oneGoodRoundInBetweenSpeaksForAWorker() {
    for (int i = 0; i < 10; i++) {
      assertEquals(List.of(), rounds(2, 1000, 10_000, 1000));
      assertEquals(List.of(), rounds(1, 1000, 1000, 1000));
    }
  }

  @Test
  void whoIsDifferentNowAndThenCountsAsAlike() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      long[] took = random.longs(3, 10, 15).toArray();
      took[random.nextInt(3)] *= 1 + random.nextInt(10);
      assertEquals(List.of(), rounds(1, took[0], took[1], took[2]));
    }
  }

  @Test
  void whoWasNotDoneCountsForHalfOfWhatItMayHaveDone() {
    List<WorkerId> changed = List.of();
    for (int i = 0; i < 5; i++) {
      now += 2 * SECOND;
      changed =
          speeds.measured(
              Map.of(
                  ann, new Took(1, 8, SECOND, true),
                  ben, new Took(1, 8, 2 * SECOND, false),
                  cat, new Took(1, 8, SECOND, true)),
              now);
    }
    assertEquals(List.of(ben), changed);
    assertEquals(0.25, speeds.of(ben, 1), 1e-9);
  }

  @Test
  void whoIsFastAgainCountsAsAlikeAgain() {
    rounds(5, 1000, 10_000, 1000);
    assertEquals(List.of(ben), rounds(5, 1000, 1100, 1000));
    assertEquals(1, speeds.of(ben, 1));
  }

  @Test
  void whatIsNoLongerMeasuredIsForgottenAndLaterEachTime() {
    for (int seconds : new int[] {5, 10, 20, 40, 60, 60}) {
      assertEquals(List.of(ben), rounds(5, 1000, 10_000, 1000));
      for (int round = 1; round <= 5; round++) {
        assertEquals(List.of(), withoutBenFor(seconds / 5));
      }
      assertEquals(0.1, speeds.of(ben, 1), 1e-9);
      assertEquals(List.of(ben), withoutBenFor(1));
      assertEquals(1, speeds.of(ben, 1));
    }
  }

  @Test
  void whatIsNoLongerMeasuredHoldsForFiveLongRounds() {
    assertEquals(List.of(ben), rounds(5, 1000, 10_000, 1000));
    for (int round = 1; round <= 5; round++) {
      assertEquals(List.of(), withoutBenFor(30));
    }
    assertEquals(List.of(ben), withoutBenFor(30));
  }

  private List<WorkerId> withoutBenFor(int seconds) {
    now += seconds * SECOND;
    return speeds.measured(
        Map.of(ann, new Took(1, 8, SECOND, true), cat, new Took(1, 8, SECOND, true)), now);
  }

  @Test
  void aWorkerAloneIsComparedToNobody() {
    for (int i = 1; i < 20; i++) {
      assertEquals(
          List.of(),
          speeds.measured(Map.of(ann, new Took(1, 8, i * i * SECOND, true)), i * SECOND));
    }
  }
}
