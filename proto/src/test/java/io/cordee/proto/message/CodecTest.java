package io.cordee.proto.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.RowCounts;
import io.cordee.common.job.Tally;
import io.cordee.common.job.data.Columns;
import io.cordee.common.reduce.Shard;
import io.cordee.proto.v1.WorkerMessage;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CodecTest {

  private static final Columns COLUMNS = new Columns("a, b", "c");

  static Stream<WorkerSays> workerSays() {
    return Stream.of(
        new WorkerSays.Hello(2, "0.1", "ann", 3, "hut"),
        new WorkerSays.RowChecksums(LongBuffer.wrap(new long[] {-1, 2})),
        new WorkerSays.DataFound(
            new RowCounts(10, 3, 2), "exact", COLUMNS, LongBuffer.allocate(0), 7),
        new WorkerSays.Prepared(4),
        new WorkerSays.Permit(ByteBuffer.wrap(new byte[] {1, 2, 3})),
        new WorkerSays.Evaluated(5, 1, new Tally(10, 2.5, 7, -1)),
        new WorkerSays.Differs(6, 9),
        new WorkerSays.Holds(2, OptionalInt.empty(), new int[] {0, 3, Integer.MAX_VALUE}),
        new WorkerSays.Holds(3, OptionalInt.of(17), new int[] {5}),
        new WorkerSays.Heartbeat(),
        new WorkerSays.Failure("no rows", true),
        new WorkerSays.Goodbye("it was interrupted"));
  }

  @ParameterizedTest
  @MethodSource("workerSays")
  void whatAWorkerSaysIsReadAsItWasWritten(WorkerSays said) {
    assertEquals(List.of(said), WorkerCodec.write(said).stream().map(WorkerCodec::read).toList());
  }

  @Test
  void everyKindIsTried() {
    assertEquals(
        Set.of(WorkerSays.class.getPermittedSubclasses()),
        workerSays().map(Object::getClass).collect(Collectors.toSet()));
    assertEquals(
        Set.of(ServerSays.class.getPermittedSubclasses()),
        serverSays().map(Object::getClass).collect(Collectors.toSet()));
  }

  static Stream<ServerSays> serverSays() {
    BitSet set = new BitSet();
    set.set(1, 4);
    return Stream.of(
        new ServerSays.Welcome("ann", "the job", new Shard(0, 2), List.of("host:1")),
        new ServerSays.Permit(ByteBuffer.wrap(new byte[] {4})),
        new ServerSays.Prepare(1, set),
        new ServerSays.Lease(2, set),
        new ServerSays.Evaluate(3, set),
        new ServerSays.Finished(JobEnd.INTERRUPTED, "stopped"));
  }

  @ParameterizedTest
  @MethodSource("serverSays")
  void whatAServerSaysIsReadAsItWasWritten(ServerSays said) {
    assertEquals(said, ServerCodec.read(ServerCodec.write(said)));
  }

  @Test
  void manyChecksumsTakeSeveralMessagesBeforeTheDataTheyBelongTo() {
    long[] sums = LongStream.range(0, 150_000).toArray();
    List<WorkerMessage> messages =
        WorkerCodec.write(
            new WorkerSays.DataFound(
                new RowCounts(10, 3, 2), "exact", COLUMNS, LongBuffer.wrap(sums), 7));
    LongBuffer read = LongBuffer.allocate(sums.length);
    for (WorkerMessage message : messages.subList(0, messages.size() - 1)) {
      assertTrue(message.getSerializedSize() <= 1 << 20, "a message is too large");
      read.put(((WorkerSays.RowChecksums) WorkerCodec.read(message)).sums());
    }
    assertEquals(LongBuffer.wrap(sums), read.flip());
    assertTrue(messages.get(messages.size() - 1).hasDataFound());
    assertTrue(messages.size() > 2);
  }

  @Test
  void manyRowsOfATableTakeSeveralMessages() {
    int[] rows = IntStream.range(0, 150_000).map(i -> 3 * i + 1).toArray();
    List<WorkerMessage> messages =
        WorkerCodec.write(new WorkerSays.Holds(5, OptionalInt.of(8), rows));
    IntBuffer read = IntBuffer.allocate(rows.length);
    for (WorkerMessage message : messages) {
      assertTrue(message.getSerializedSize() <= 1 << 20, "a message is too large");
      var part = (WorkerSays.Holds) WorkerCodec.read(message);
      assertEquals(5, part.number());
      assertEquals(OptionalInt.of(8), part.version());
      read.put(part.rows());
      assertEquals(read.hasRemaining(), part.isMore());
    }
    assertArrayEquals(rows, read.array());
    assertEquals(3, messages.size());
  }

  @Test
  void noRoomOnTheWireIsRoomForAll() {
    var found = io.cordee.proto.v1.DataFound.newBuilder().setTrainRows(1);
    var read = WorkerCodec.read(WorkerMessage.newBuilder().setDataFound(found).build());
    assertEquals(Integer.MAX_VALUE, ((WorkerSays.DataFound) read).room());
  }

  @Test
  void whatCannotBeIsRefused() {
    var found = io.cordee.proto.v1.DataFound.newBuilder();
    assertEquals(
        "training rows must be 1 to 4398046511104; found 0",
        refusal(WorkerMessage.newBuilder().setDataFound(found)));
    assertEquals(
        "room must be 0 to 2147483647; found -1",
        refusal(WorkerMessage.newBuilder().setDataFound(found.setTrainRows(1).setRoom(-1))));
    var hello = io.cordee.proto.v1.Hello.newBuilder().setThreads(5000);
    assertEquals(
        "threads must be 1 to 4096; found 5000",
        refusal(WorkerMessage.newBuilder().setHello(hello)));
    var holds = io.cordee.proto.v1.Holds.newBuilder().addSteps(7).addSteps(0);
    assertEquals(
        "rows of a table rise, up to 2^31 - 1; found 7",
        refusal(WorkerMessage.newBuilder().setHolds(holds)));
    assertEquals(
        "a message without a body that is known here", refusal(WorkerMessage.newBuilder()));
  }

  private static String refusal(WorkerMessage.Builder message) {
    return assertThrows(IllegalArgumentException.class, () -> WorkerCodec.read(message.build()))
        .getMessage();
  }
}
