package io.cordee.server.round;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Slices;
import io.cordee.common.job.Tally;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EvaluationBoardTest {

  @Test
  void theResultIsThereWhenEverySliceIs() {
    EvaluationBoard board = new EvaluationBoard(4, new Slices(0, 3));
    board.offer(4, 2, new Tally(1, 0.5, 1, 0));
    board.offer(4, 0, new Tally(2, 0.25, 0, 1));
    assertFalse(board.isComplete());
    assertEquals(Optional.empty(), board.result().test());
    assertTrue(board.isCovered(0));
    assertFalse(board.isCovered(1));
    board.offer(4, 1, new Tally(3, 4, 3, 0));
    assertEquals(new Tally(6, 4.75, 4, 1), board.result().test().orElseThrow());
  }

  @Test
  void validationRowsAreCountedApartFromTestRows() {
    EvaluationBoard board = new EvaluationBoard(0, new Slices(2, 1));
    board.offer(0, 2, new Tally(4, 8, 1, 0));
    board.offer(0, 0, new Tally(2, 1, 1, 0));
    assertFalse(board.isComplete());
    assertEquals(Optional.empty(), board.result().validation());
    assertEquals(new Tally(4, 8, 1, 0), board.result().test().orElseThrow());
    board.offer(0, 1, new Tally(1, 1, 1, 0));
    assertTrue(board.isComplete());
    assertEquals(new Tally(3, 2, 2, 0), board.result().validation().orElseThrow());
  }

  @Test
  void aSecondTallyAndOneOfAnotherVersionChangeNothing() {
    EvaluationBoard board = new EvaluationBoard(4, new Slices(0, 2));
    board.offer(3, 0, new Tally(9, 9, 9, 9));
    board.offer(5, 0, new Tally(9, 9, 9, 9));
    assertFalse(board.isCovered(0));
    board.offer(4, 0, new Tally(1, 1, 1, 0));
    board.offer(4, 0, new Tally(9, 9, 9, 9));
    board.offer(4, 1, new Tally(1, 1, 0, 0));
    board.offer(4, 1, new Tally(9, 9, 9, 9));
    assertEquals(new Tally(2, 2, 1, 0), board.result().test().orElseThrow());
  }

  @Test
  void aSliceThatDoesNotExistIsRefusedAtAnyVersion() {
    EvaluationBoard board = new EvaluationBoard(4, new Slices(0, 2));
    for (int version : new int[] {3, 4}) {
      IllegalArgumentException refusal =
          assertThrows(IllegalArgumentException.class, () -> board.offer(version, 2, Tally.NONE));
      assertTrue(refusal.getMessage().contains("2 of 2"), refusal::getMessage);
    }
  }

  @Property(tries = 100)
  void theLossHasTheSameBitsInAnyOrder(
      @ForAll @IntRange(min = 1, max = 40) int slices, @ForAll long seed) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, slices).boxed().toList());
    Tally inOrder = evaluate(order);
    Collections.shuffle(order, new Random(seed));
    assertEquals(inOrder, evaluate(order));
  }

  private static Tally evaluate(List<Integer> order) {
    EvaluationBoard board = new EvaluationBoard(0, new Slices(0, order.size()));
    for (int slice : order) {
      board.offer(0, slice, new Tally(1, 1.0 / (3 + slice), 0, 0));
    }
    return board.result().test().orElseThrow();
  }
}
