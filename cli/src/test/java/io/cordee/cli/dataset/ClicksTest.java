package io.cordee.cli.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClicksTest {

  private static final int ROWS = 20_000;
  private static final int COLUMNS = 5;
  private static final int IDS_OF_COLUMN = 10_000;
  private static final Clicks CLICKS = new Clicks(IDS_OF_COLUMN * COLUMNS + 3, COLUMNS, 7);

  private static long[] row(Clicks clicks, long number) {
    long[] ids = new long[COLUMNS];
    clicks.row(number, ids);
    return ids;
  }

  @Test
  void aRowDependsOnItsNumberAndTheSeedAlone() {
    long[] ids = row(CLICKS, 10_000_000_000L);
    assertArrayEquals(ids, row(CLICKS, 10_000_000_000L));
    assertNotEquals(Arrays.toString(ids), Arrays.toString(row(CLICKS, 10_000_000_001L)));
    Clicks others = new Clicks(CLICKS.ids(), COLUMNS, 8);
    assertNotEquals(Arrays.toString(ids), Arrays.toString(row(others, 10_000_000_000L)));
  }

  @Test
  void eachColumnHasIdsOfItsOwnUniformByTheirLogarithm() {
    int[] small = new int[COLUMNS];
    for (int i = 0; i < ROWS; i++) {
      long[] ids = row(CLICKS, i);
      for (int c = 0; c < COLUMNS; c++) {
        long rank = ids[c] - c * IDS_OF_COLUMN;
        assertTrue(rank >= 1 && rank <= IDS_OF_COLUMN, () -> Arrays.toString(ids));
        small[c] += rank < 100 ? 1 : 0; // half of log 10,000
      }
    }
    for (int count : small) {
      assertEquals(0.5, count / (double) ROWS, 0.02, "five standard deviations");
    }
  }

  @Test
  void clicksDependOnIds() {
    Map<Long, int[]> found = new HashMap<>();
    long[] ids = new long[COLUMNS];
    int clicks = 0;
    for (int i = 0; i < ROWS; i++) {
      int click = CLICKS.row(i, ids) ? 1 : 0;
      clicks += click;
      int[] counts = found.computeIfAbsent(ids[0], id -> new int[2]);
      counts[0]++;
      counts[1] += click;
    }
    double share = clicks / (double) ROWS;
    assertTrue(share > 0.1 && share < 0.5, () -> "clicks: " + share);
    // Were clicks independent of the first id, its most frequent ones would differ from the share
    // by some standard deviations: chi-square of 20 has a mean of 20 and a deviation of 6.3.
    double chiSquare = 0;
    for (long id = 1; id <= 20; id++) {
      int[] counts = found.get(id);
      double off = counts[1] - share * counts[0];
      chiSquare += off * off / (counts[0] * share * (1 - share));
    }
    assertTrue(chiSquare > 100, "chi-square of 20: " + chiSquare);
  }
}
