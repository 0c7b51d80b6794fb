package io.cordee.server.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.RowHolding;
import io.cordee.common.reduce.Table;
import io.cordee.proto.v1.Holds;
import io.grpc.StatusRuntimeException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HoldingsTest {

  private static final OptionalInt ALL = OptionalInt.empty();

  /** A shard's: rows 0 and 1 of ten belong to another. */
  private final Holdings holdings =
      new Holdings(new Chunks(25, 10, 1), Optional.of(new Table(-5, 10, 3)));

  @Test
  void rowsComeInSeveralMessages() {
    holdings.add(more(1, ALL, new int[] {1, 2}));
    assertTrue(holdings.at(7).isEmpty(), "more was to come");
    holdings.add(holds(1, ALL, new int[] {9}));
    var holding = holdings.at(7).orElseThrow();
    assertEquals(1, holding.number());
    assertArrayEquals(new int[] {1, 2, 9}, ((RowHolding) holding).part().rows());
    assertEquals(1 + 3 + 3, holding.values()); // two thirds of row 1 lie before
  }

  @Test
  void contributionsOfWhatWasHeldBeforeAreStillRead() {
    for (int number = 1; number <= 9; number++) {
      holdings.add(holds(number, ALL, IntStream.range(1, number + 1).toArray()));
    }
    assertArrayEquals(
        new int[] {1, 2}, ((RowHolding) holdings.numbered(2).orElseThrow()).part().rows());
    assertTrue(holdings.numbered(1).isEmpty(), "it is long ago");
    assertEquals(
        "INVALID_ARGUMENT: no holding 10; this worker's latest is 9",
        assertThrows(StatusRuntimeException.class, () -> holdings.numbered(10)).getMessage());
  }

  @Test
  void aVersionMayHaveRowsOfItsOwn() {
    holdings.add(holds(1, OptionalInt.of(4), new int[] {2, 3}));
    holdings.add(holds(2, OptionalInt.of(5), new int[] {7}));
    holdings.add(holds(3, OptionalInt.of(4), new int[] {2, 3, 8}));
    assertEquals(3, holdings.at(4).orElseThrow().number());
    assertEquals(2, holdings.at(5).orElseThrow().number());
    assertTrue(holdings.at(6).isEmpty(), "nothing is known of it");
    for (int number = 4; number < 20; number++) {
      holdings.add(holds(number, OptionalInt.of(4), new int[] {2, 3, 8}));
    }
    assertEquals(2, holdings.at(5).orElseThrow().number(), "however often the version before grew");
    assertEquals(
        "a worker goes on holding what it has held; found rows missing",
        refusal(holds(20, OptionalInt.of(5), new int[] {6, 8})));
    holdings.add(holds(20, OptionalInt.of(6), new int[] {1}));
    assertEquals(19, holdings.numbered(19).orElseThrow().number(), "one may come late");
    holdings.add(holds(21, OptionalInt.of(7), new int[] {1}));
    assertTrue(holdings.at(4).isEmpty(), "it is over");
    assertTrue(holdings.numbered(19).isEmpty(), "nobody waits for it");
  }

  @Test
  void allThatAWorkerMayHoldTakesAFewBitsForEachRow() {
    int rows = 100_000;
    Holdings large = new Holdings(new Chunks(rows, 10_000, 1), Optional.of(new Table(0, rows, 1)));
    int[] all = IntStream.range(0, rows).toArray();
    int number = 0;
    for (int version = 0; version < 3; version++) {
      for (int times = 0; times < 10; times++) {
        large.add(holds(++number, OptionalInt.of(version), all));
      }
    }
    large.add(more(++number, OptionalInt.of(2), Arrays.copyOf(all, rows - 1)));
    assertTrue(large.bytes() <= 26 * (rows / Byte.SIZE + 8), () -> large.bytes() + " bytes");
    assertTrue(large.bytes() >= 25 * rows / Byte.SIZE, "all of them are counted");
  }

  @Test
  void fewRowsTakeLittleMemoryHoweverLargeTheTable() {
    int rows = 10_000_000;
    Holdings large = new Holdings(new Chunks(rows, 65_536, 1), Optional.of(new Table(0, rows, 1)));
    large.add(holds(1, ALL, new int[] {3, rows - 1}));
    assertTrue(large.bytes() < 100, () -> large.bytes() + " bytes");
  }

  @Test
  void whatCannotBeIsRefused() {
    assertEquals("expected holding 1; found 2", refusal(holds(2, ALL, new int[] {1})));
    assertEquals(
        "rows of the table rise, from 0 to 9; found 10 after 3",
        refusal(holds(1, ALL, new int[] {3, 10})));
    holdings.add(more(1, ALL, new int[] {4}));
    assertEquals(
        "rows of the table rise, from 0 to 9; found 4 after 4",
        refusal(holds(1, ALL, new int[] {4})));
    assertEquals(
        "a holding that goes on in the next message has some rows; found none",
        refusal(more(1, ALL, new int[0])));
    holdings.add(holds(1, ALL, new int[] {5}));
    assertEquals(
        "a worker goes on holding what it has held; found rows missing",
        refusal(holds(2, ALL, new int[] {4, 6})));
    assertEquals("a version of -1", refusal(holds(2, OptionalInt.of(-1), new int[] {4})));
    assertEquals(
        "rows of the table rise, from 0 to 9; found 4294967295 after -1",
        refusal(holds(2, ALL, new int[] {-1})));
    Holdings dense = new Holdings(new Chunks(25, 10, 1), Optional.empty());
    assertEquals(
        "INVALID_ARGUMENT: the job has no table, or a small one that workers hold whole",
        assertThrows(StatusRuntimeException.class, () -> dense.add(holds(1, ALL, new int[] {1})))
            .getMessage());
    assertEquals(25, dense.numbered(0).orElseThrow().values());
  }

  private String refusal(Holds said) {
    return assertThrows(StatusRuntimeException.class, () -> holdings.add(said))
        .getStatus()
        .getDescription();
  }

  private static Holds holds(int number, OptionalInt version, int[] rows) {
    return message(number, version, rows).build();
  }

  /** More rows follow in the next message. */
  private static Holds more(int number, OptionalInt version, int[] rows) {
    return message(number, version, rows).setMore(true).build();
  }

  private static Holds.Builder message(int number, OptionalInt version, int[] rows) {
    Holds.Builder holds = Holds.newBuilder().setNumber(number);
    version.ifPresent(holds::setVersion);
    for (int i = 0; i < rows.length; i++) {
      holds.addSteps(i == 0 ? rows[0] : rows[i] - rows[i - 1]);
    }
    return holds;
  }
}
