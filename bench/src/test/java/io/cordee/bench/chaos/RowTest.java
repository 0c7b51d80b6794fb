package io.cordee.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowTest {

  private static final List<Row> QUIET =
      IntStream.range(0, 5).mapToObj(round -> row(round, "0.5", round)).toList();

  private static Row row(int round, String loss, int digest) {
    return new Row(round, List.of(loss, "1.0", ""), "%016x".formatted(digest));
  }

  private static void expect(String complaint, List<Row> found) {
    Deviation deviation = assertThrows(Deviation.class, () -> Row.compare(QUIET, found));
    assertTrue(deviation.getMessage().contains(complaint), deviation::getMessage);
  }

  private static List<Row> with(int index, Row row) {
    List<Row> rows = new ArrayList<>(QUIET);
    rows.set(index, row);
    return rows;
  }

  @Test
  void theSameRowsAreAsTheyShouldBe() {
    assertDoesNotThrow(() -> Row.compare(QUIET, List.copyOf(QUIET)));
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
    List<Row> rows = new ArrayList<>(QUIET);
    rows.remove(2);
    expect("expected round 2 in row 2", rows);
  }

  @Test
  void aRoundThatIsThereTwiceIsFound() {
    List<Row> rows = new ArrayList<>(QUIET);
    rows.add(3, QUIET.get(2));
    expect("expected round 3 in row 3", rows);
  }

  @Test
  void anEndThatIsMissingIsFound() {
    expect("expected 5 rows; found 4", QUIET.subList(0, 4));
  }

  @Test
  void aRowTooManyIsFound() {
    List<Row> rows = new ArrayList<>(QUIET);
    rows.add(row(5, "0.5", 5));
    expect("expected 5 rows; found 6", rows);
  }
}
