package io.cordee.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.run.RoundTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowWatchTest {

  static final Rows ROWS = new Rows(RoundTable.parse(RoundTable.HEADER));
  static final String HEADER = RoundTable.HEADER + "\n";

  @TempDir private Path folder;

  private Path metrics() {
    return folder.resolve("metrics.csv");
  }

  static String row(int round, String clock) {
    return "%d,0.25,0.5,,%s,100.0,%016x,,,\n".formatted(round, clock, round);
  }

  private static String rows(int end) {
    return IntStream.range(0, end).mapToObj(i -> row(i, "1.5")).collect(Collectors.joining());
  }

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @Test
  void noRoundForTooLongIsADeviation() {
    RowWatch watch = new RowWatch(ROWS, metrics(), Duration.ZERO);
    Deviation deviation = assertThrows(Deviation.class, watch::look);
    assertEquals("no round was gained for 0 s; the last was -1", deviation.getMessage());
  }

  @Test
  void noFileIsNoRound() throws Exception {
    RowWatch watch = new RowWatch(ROWS, metrics(), PATIENCE);
    watch.look();
    assertEquals(-1, watch.best());
  }

  @Test
  void whatIsNotWholeDoesNotCount() throws Exception {
    Files.writeString(metrics(), HEADER + rows(3) + "3,0.25,0.5");
    RowWatch watch = new RowWatch(ROWS, metrics(), PATIENCE);
    watch.look();
    assertEquals(2, watch.best());
  }

  @Test
  void aLongFileIsLookedAtFromItsEnd() throws Exception {
    Files.writeString(metrics(), HEADER + rows(5_000));
    RowWatch watch = new RowWatch(ROWS, metrics(), PATIENCE);
    watch.look();
    assertEquals(4_999, watch.best());
  }

  @Test
  void roundsThatComeAgainAtAnotherTimeAreTheSame() throws Exception {
    Files.writeString(metrics(), HEADER + rows(10));
    RowWatch watch = new RowWatch(ROWS, metrics(), PATIENCE);
    watch.look();
    Files.writeString(metrics(), HEADER + rows(7) + row(7, "9.5"));
    watch.look();
    assertEquals(9, watch.best());
  }

  @Test
  void aRoundThatComesOutInAnotherWayIsFound() throws Exception {
    Files.writeString(metrics(), HEADER + rows(10));
    RowWatch watch = new RowWatch(ROWS, metrics(), PATIENCE);
    watch.look();
    Files.writeString(metrics(), HEADER + rows(7) + row(7, "1.5").replace("0.25", "0.75"));
    Deviation deviation = assertThrows(Deviation.class, watch::look);
    assertTrue(deviation.getMessage().contains("in two ways"), deviation::getMessage);
  }

  @Test
  void aRoundThatIsMissingIsFound() throws Exception {
    Files.writeString(metrics(), HEADER + rows(10) + row(11, "1.5"));
    Deviation deviation =
        assertThrows(Deviation.class, new RowWatch(ROWS, metrics(), PATIENCE)::look);
    assertTrue(deviation.getMessage().contains("missing"), deviation::getMessage);
  }

  @Test
  void aLineThatIsNoRowIsFoundInTheEnd() throws Exception {
    Files.writeString(metrics(), HEADER + rows(2) + "2,0.25\n" + row(3, "1.5"));
    assertThrows(Deviation.class, () -> ROWS.read(metrics()));
    Files.writeString(metrics(), rows(2));
    assertThrows(Deviation.class, () -> ROWS.read(metrics()));
  }
}
