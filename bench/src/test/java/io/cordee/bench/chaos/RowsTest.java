package io.cordee.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.run.RoundRow;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowsTest {

  private static final Rows ROWS = RowWatchTest.ROWS;

  private static final List<RoundRow> QUIET =
      IntStream.range(0, 5).mapToObj(round -> row(round, "0.5", round)).toList();

  private static RoundRow row(int round, String loss, int digest) {
    return ROWS.parse("%d,%s,1.0,,1.5,100.0,%016x,,,".formatted(round, loss, digest)).orElseThrow();
  }

  private static void expect(String complaint, List<RoundRow> found) {
    Deviation deviation = assertThrows(Deviation.class, () -> ROWS.compare(QUIET, found));
    assertTrue(deviation.getMessage().contains(complaint), deviation::getMessage);
  }

  private static List<RoundRow> with(int index, RoundRow row) {
    List<RoundRow> rows = new ArrayList<>(QUIET);
    rows.set(index, row);
    return rows;
  }

  @Test
  void theSameRowsAreAsTheyShouldBe() {
    assertDoesNotThrow(() -> ROWS.compare(QUIET, List.copyOf(QUIET)));
  }

  @Test
  void anotherDigestIsFound() {
    expect("as in the quiet run", with(3, row(3, "0.5", 99)));
  }

  @Test
  void anotherLossIsFound() {
    expect("as in the quiet run", with(2, row(2, "0.50000001", 2)));
  }

  @Test
  void aRoundThatIsMissingIsFound() {
    List<RoundRow> rows = new ArrayList<>(QUIET);
    rows.remove(2);
    expect("expected round 2 in row 2", rows);
  }

  @Test
  void aRoundThatIsThereTwiceIsFound() {
    List<RoundRow> rows = new ArrayList<>(QUIET);
    rows.add(3, QUIET.get(2));
    expect("expected round 3 in row 3", rows);
  }

  @Test
  void anEndThatIsMissingIsFound() {
    expect("expected 5 rows; found 4", QUIET.subList(0, 4));
  }

  @Test
  void aRowTooManyIsFound() {
    List<RoundRow> rows = new ArrayList<>(QUIET);
    rows.add(row(5, "0.5", 5));
    expect("expected 5 rows; found 6", rows);
  }
}
