package io.cordee.server.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.run.Measure;
import io.cordee.common.run.RoundRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HistoryTest {

  private static final double NONE = Double.NaN;

  private final History history = new History();

  private void add(int round, double test, RoundTime split) {
    Map<Measure, Double> values = new HashMap<>(Map.of(Measure.LOSS, 1.0 / (1 + round)));
    if (!Double.isNaN(test)) {
      values.put(Measure.TEST_ACCURACY, test);
    }
    history.add(new Curve.Point(new RoundRow(round, values, ""), NONE, split, 1));
  }

  private void addRounds(int from, int to) {
    for (int round = from; round < to; round++) {
      add(round, round % 10 == 0 ? 0.25 : NONE, new RoundTime(round % 2 == 0 ? 1 : 3, 0, 0, 0));
    }
  }

  private static double test(Curve.Point point) {
    return point.row().value(Measure.TEST_ACCURACY);
  }

  private List<Integer> rounds() {
    return history.from(0).stream().map(Curve.Point::round).toList();
  }

  @Test
  void fewRoundsAreKeptAsTheyAre() {
    addRounds(0, 5);
    assertEquals(List.of(0, 1, 2, 3, 4), rounds());
    assertEquals(1, history.stride());
    assertEquals(List.of(3, 4), history.from(3).stream().map(Curve.Point::round).toList());
  }

  @Test
  void tenThousandRoundsTakeNoMorePointsThanThereIsRoomFor() {
    for (int round = 0; round < 10_000; round++) {
      add(round, NONE, RoundTime.NONE);
      assertTrue(rounds().size() <= History.MOST);
    }
    List<Integer> rounds = rounds();
    assertTrue(rounds.size() > History.MOST / 2, rounds::toString);
    for (int i = 0; i < rounds.size(); i++) {
      assertEquals(i * history.stride(), rounds.get(i));
    }
  }

  @Test
  void aPointThatStandsForSeveralRoundsHasTheLossOfTheFirstAndTheMeanOfTheTimes() {
    addRounds(0, 2 * History.MOST);
    assertEquals(2, history.stride());
    for (Curve.Point point : history.from(0)) {
      assertEquals(1.0 / (1 + point.round()), point.row().value(Measure.LOSS));
      assertEquals(2, point.split().compute(), 1e-12);
    }
    // Measured at every tenth round, each of which is the first of a pair.
    assertEquals(
        2 * History.MOST / 10,
        history.from(0).stream().filter(point -> !Double.isNaN(test(point))).count());
  }

  @Test
  void aMeasurementOfTheTestRowsIsNotLostWhereItsRoundIsNoPoint() {
    addRounds(0, History.MOST + 1);
    add(History.MOST + 1, 0.75, RoundTime.NONE);
    Curve.Point last = history.from(History.MOST).get(0);
    assertEquals(History.MOST, last.round());
    assertEquals(0.25, test(last));
    add(History.MOST + 2, NONE, RoundTime.NONE);
    add(History.MOST + 3, 0.8, RoundTime.NONE);
    assertEquals(0.8, test(history.from(History.MOST + 3).get(0)));
  }

  @Test
  void whoHasReadThePointsLearnsThatTheyHaveChanged() {
    addRounds(0, History.MOST);
    int before = history.edition();
    add(History.MOST, NONE, RoundTime.NONE);
    assertNotEquals(before, history.edition());
  }

  @Test
  void aJobThatIsResumedGoesBack() {
    addRounds(0, 20);
    int before = history.edition();
    addRounds(15, 17);
    assertEquals(17, rounds().size());
    assertEquals(16, rounds().get(16));
    assertNotEquals(before, history.edition());
  }
}
