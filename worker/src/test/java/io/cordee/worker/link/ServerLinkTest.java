package io.cordee.worker.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.proto.v1.Holds;
import io.cordee.proto.v1.WorkerMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ServerLinkTest {

  private final List<WorkerMessage> sent = new ArrayList<>();
  private final ServerLink link =
      new FakeServer() {
        @Override
        public void send(WorkerMessage message) {
          assertTrue(message.getSerializedSize() <= 1 << 20, "a message is too large");
          sent.add(message);
        }
      };

  @Test
  void manyChecksumsTakeSeveralMessages() {
    long[] sums = LongStream.range(0, 150_000).toArray();
    link.checksums(sums);
    assertTrue(sent.size() > 2);
    assertArrayEquals(
        sums,
        sent.stream()
            .flatMap(message -> message.getRowChecksums().getChecksumsList().stream())
            .mapToLong(Long::longValue)
            .toArray());
  }

  @Test
  void manyRowsOfATableTakeSeveralMessagesOfOneNumber() {
    int[] rows = IntStream.range(0, 150_000).map(i -> 3 * i + 1).toArray();
    link.hold(5, OptionalInt.of(8), rows);
    List<Integer> read = new ArrayList<>();
    for (WorkerMessage message : sent) {
      Holds holds = message.getHolds();
      assertEquals(List.of(5, 8), List.of(holds.getNumber(), holds.getVersion()));
      int row = 0;
      for (int step : holds.getStepsList()) {
        row += step;
        read.add(row);
      }
      assertEquals(read.size() < rows.length, holds.getMore());
    }
    assertEquals(3, sent.size());
    assertEquals(IntStream.of(rows).boxed().toList(), read);
  }

  @Test
  void noRowsAreAMessageToo() {
    link.hold(1, OptionalInt.empty(), new int[0]);
    assertEquals(List.of(Holds.newBuilder().setNumber(1).build()), holds());
  }

  private List<Holds> holds() {
    return sent.stream().map(WorkerMessage::getHolds).toList();
  }
}
