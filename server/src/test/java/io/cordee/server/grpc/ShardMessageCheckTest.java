package io.cordee.server.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.cordee.common.job.Job;
import io.cordee.common.job.JobVector;
import io.cordee.common.kernel.Digest;
import io.cordee.common.reduce.Chunks;
import io.cordee.proto.v1.ShardChunk;
import io.cordee.proto.v1.ShardHello;
import io.cordee.proto.v1.ShardMessage;
import io.cordee.proto.v1.ShardSquares;
import io.cordee.proto.v1.ShardStepped;
import io.cordee.server.MadeUpJob;
import io.cordee.server.round.CollectedChunk;
import io.cordee.server.training.ShardReport;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ShardMessageCheckTest {

  private static final Job JOB = MadeUpJob.job("model.layers=[2,3]", "rule.name=momentum");

  /** A vector that is cut otherwise than that of a job would be. */
  static JobVector vector(Chunks chunks) {
    return new JobVector(
        JOB.model().layout(),
        JobVector.of(JOB).optimizer(),
        chunks,
        Optional.empty(),
        Optional.empty());
  }

  /** Five chunks: 0 is shard 0's, 1 and 2 are shard 1's, 3 and 4, which is short, shard 2's. */
  private final ShardMessageCheck check = new ShardMessageCheck(3, vector(new Chunks(9, 2, 1)));

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
  }

  @Test
  void weightsMatchTheirChecksum() {
    ShardMessage sound = chunk(3, 8);
    ShardChunk body = sound.getChunk();
    String damaged = "chunk 3 of shard 2/3 arrived damaged";
    byte[] flipped = {0, 0, 0, 0, 0, 0, 1, 0};
    assertRefused(damaged, with(body.toBuilder().setData(ByteString.copyFrom(flipped))));
    assertRefused(damaged, with(body.toBuilder().clearData()));
    assertRefused(damaged, with(body.toBuilder().setChecksum(body.getChecksum() + 1)));
    assertRefused(damaged, with(body.toBuilder().setHashes(1, body.getHashes(1) + 1)));
    assertRefused("of each of 1 slots; found 1 hashes", with(chunk(3, 8, 1)));
    assertRefused("of each of 1 slots; found 0 hashes", with(body.toBuilder().clearHashes()));
  }

  private static ShardMessage with(ShardChunk.Builder chunk) {
    return ShardMessage.newBuilder().setChunk(chunk).build();
  }

  @Test
  void weightsAreReadAsTheyWereWritten() {
    List<CollectedChunk> chunks =
        List.of(
            new CollectedChunk(Optional.empty(), new long[] {1, 2}, 8),
            new CollectedChunk(Optional.of(new float[] {7}), new long[] {3, 4}, 9));
    List<ShardMessage> written = new ArrayList<>();
    ShardCodec.write(new ShardReport.Weights(5, 3, chunks), written::add);
    List<ShardReport.Weights> read =
        written.stream().map(it -> (ShardReport.Weights) ShardCodec.report(2, it)).toList();
    assertEquals(List.of(3, 4), read.stream().map(ShardReport.Weights::firstChunk).toList());
    assertEquals(Optional.empty(), read.get(0).chunks().get(0).weights());
    CollectedChunk second = read.get(1).chunks().get(0);
    assertArrayEquals(new float[] {7}, second.weights().orElseThrow());
    assertArrayEquals(new long[] {3, 4}, second.hashes());
    assertEquals(9, second.checksum());
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

  /** Zeros, with sound checksums. */
  private static ShardMessage chunk(int number, int bytes) {
    return with(chunk(number, bytes, 2));
  }

  private static ShardChunk.Builder chunk(int number, int bytes, int parts) {
    float[] zeros = new float[bytes / Float.BYTES];
    float[][] slots = new float[parts - 1][zeros.length];
    ShardChunk.Builder chunk =
        ShardChunk.newBuilder()
            .setChunk(number)
            .setChecksum(Digest.ofChunk(zeros, slots, 0, zeros.length))
            .setData(ByteString.copyFrom(new byte[bytes]));
    LongStream.of(Digest.hashes(zeros, slots)).forEach(chunk::addHashes);
    return chunk;
  }
}
