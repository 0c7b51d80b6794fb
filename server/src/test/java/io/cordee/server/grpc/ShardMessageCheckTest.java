package io.cordee.server.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cordee.common.reduce.Chunks;
import io.cordee.proto.v1.ShardChunk;
import io.cordee.proto.v1.ShardHello;
import io.cordee.proto.v1.ShardMessage;
import io.cordee.proto.v1.ShardSquares;
import io.cordee.proto.v1.ShardStepped;
import io.cordee.server.training.ShardReport;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ShardMessageCheckTest {

  /** Five chunks: 0 is shard 0's, 1 and 2 are shard 1's, 3 and 4, which is short, shard 2's. */
  private final ShardMessageCheck check = new ShardMessageCheck(3, new Chunks(9, 2, 1));

  @Test
  void whatAShardSendsIsTaken() {
    for (ShardMessage message :
        List.of(stepped(), stepped(7, 8), squares(0, 1e300), chunk(3, 8), chunk(4, 4))) {
      check.check(OptionalInt.of(2), message);
    }
    check.check(OptionalInt.empty(), hello(2, 1, 3));
  }

  @Test
  void otherCountsThanItsChunksAreRefused() {
    assertRefused("no checksum or one for each; found 3", stepped(1, 2, 3));
    assertRefused("a sum of squares for each; found 1", squares(1));
    assertRefused("a sum of squares for each; found 0", squares());
  }

  @Test
  void squaresAreFiniteAndNotBelowZero() {
    assertRefused("not below 0; found NaN", squares(1, Double.NaN));
    assertRefused("not below 0; found -1.0", squares(-1, 1));
    assertRefused("not below 0; found Infinity", squares(1, Double.POSITIVE_INFINITY));
  }

  @Test
  void chunksAreItsOwnAndWhole() {
    assertRefused("has chunks 3 to 4; found chunk 2", chunk(2, 8));
    assertRefused("has chunks 3 to 4; found chunk 5", chunk(5, 8));
    assertRefused("has chunks 3 to 4; found chunk -1", chunk(-1, 8));
    assertRefused("chunk 4 has 4 bytes, or none; found 8", chunk(4, 8));
    assertRefused("chunk 3 has 8 bytes, or none; found 7", chunk(3, 7));
    check.check(OptionalInt.of(2), chunk(3, 0)); // nobody has touched it
    List<Optional<float[]>> chunks = List.of(Optional.empty(), Optional.of(new float[] {7}));
    List<ShardMessage> written = new ArrayList<>();
    ShardCodec.write(new ShardReport.Weights(5, 3, chunks, new long[] {8, 9}), written::add);
    List<ShardReport.Weights> read =
        written.stream().map(it -> (ShardReport.Weights) ShardCodec.report(2, it)).toList();
    assertEquals(List.of(3, 4), read.stream().map(ShardReport.Weights::firstChunk).toList());
    assertEquals(Optional.empty(), read.get(0).values().get(0));
    assertArrayEquals(new float[] {7}, read.get(1).values().get(0).orElseThrow());
  }

  @Test
  void aMessageHasABody() {
    assertRefused("without a body", ShardMessage.getDefaultInstance());
  }

  @Test
  void oneHelloComesFirst() {
    assertRefused(Status.Code.FAILED_PRECONDITION, "second hello", hello(2, 2, 3));
    for (ShardMessage message :
        List.of(stepped(), hello(1, 1, 3), version("0.0.1"), hello(2, 0, 3), hello(2, 3, 3))) {
      Status refusal = refusal(OptionalInt.empty(), message);
      assertEquals(Status.Code.FAILED_PRECONDITION, refusal.getCode());
    }
  }

  private void assertRefused(String words, ShardMessage message) {
    assertRefused(Status.Code.INVALID_ARGUMENT, words, message);
  }

  private void assertRefused(Status.Code code, String words, ShardMessage message) {
    Status refusal = refusal(OptionalInt.of(2), message);
    assertEquals(code, refusal.getCode());
    assertTrue(refusal.getDescription().contains(words), refusal::toString);
  }

  private Status refusal(OptionalInt from, ShardMessage message) {
    return assertThrows(StatusRuntimeException.class, () -> check.check(from, message)).getStatus();
  }

  private static ShardMessage hello(int protocol, int shard, int shards) {
    return ShardMessage.newBuilder()
        .setHello(ShardHello.newBuilder().setProtocol(protocol).setShard(shard).setShards(shards))
        .build();
  }

  private static ShardMessage version(String version) {
    ShardMessage.Builder message = hello(2, 1, 3).toBuilder();
    message.getHelloBuilder().setVersion(version);
    return message.build();
  }

  private static ShardMessage stepped(long... checksums) {
    ShardStepped.Builder stepped = ShardStepped.newBuilder();
    for (long checksum : checksums) {
      stepped.addChecksums(checksum);
    }
    return ShardMessage.newBuilder().setStepped(stepped).build();
  }

  private static ShardMessage squares(double... sums) {
    ShardSquares.Builder squares = ShardSquares.newBuilder();
    for (double sum : sums) {
      squares.addSquares(sum);
    }
    return ShardMessage.newBuilder().setSquares(squares).build();
  }

  private static ShardMessage chunk(int number, int bytes) {
    return ShardMessage.newBuilder()
        .setChunk(
            ShardChunk.newBuilder().setChunk(number).setData(ByteString.copyFrom(new byte[bytes])))
        .build();
  }
}
