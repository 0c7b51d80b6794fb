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
import io.cordee.server.training.FakeReports;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ShardMessageReaderTest {

  private static final Job JOB = MadeUpJob.job("model.layers=[2,3]", "optimizer.name=momentum");

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
  private final ShardMessageReader reader = new ShardMessageReader(3, vector(new Chunks(9, 2, 1)));

  @Test
  void whatAShardSendsIsTaken() {
    for (ShardMessage message :
        List.of(stepped(), stepped(7, 8), squares(0, 1e300), chunk(3, 8), chunk(4, 4))) {
      reader.report(2, message);
    }
    ShardMessageReader.check(hello(2, 1, 3).build(), 3);
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
    reader.report(2, chunk(3, 0)); // nobody has touched it
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
    assertReadAsWritten(3, new float[0], Optional.empty());
    float[] weights = {7};
    assertReadAsWritten(4, weights, Optional.of(weights));
  }

  private void assertReadAsWritten(int number, float[] values, Optional<float[]> weights) {
    long[] hashes = Digest.hashes(values, new float[][] {values});
    long checksum = Digest.ofHashes(hashes);
    ShardChunk.Builder written =
        LeadLink.message(5, number, new CollectedChunk(weights, hashes, checksum));
    List<CollectedChunk> read = new ArrayList<>();
    reader
        .report(2, with(written))
        .accept(
            new FakeReports() {
              @Override
              public void weights(int version, int firstChunk, List<CollectedChunk> chunks) {
                assertEquals(5, version);
                assertEquals(number, firstChunk);
                read.addAll(chunks);
              }
            });
    assertEquals(1, read.size());
    CollectedChunk chunk = read.get(0);
    assertEquals(weights.isPresent(), chunk.weights().isPresent());
    weights.ifPresent(all -> assertArrayEquals(all, chunk.weights().orElseThrow()));
    assertArrayEquals(hashes, chunk.hashes());
    assertEquals(checksum, chunk.checksum());
  }

  @Test
  void aMessageHasABody() {
    assertRefused("without a body", ShardMessage.getDefaultInstance());
  }

  @Test
  void aShardIsOneOfThisJobAndOfThisVersion() {
    for (ShardHello.Builder hello :
        List.of(
            hello(1, 1, 3), hello(2, 1, 3).setVersion("0.0.1"), hello(2, 0, 3), hello(2, 3, 3))) {
      Status refusal = refusal(() -> ShardMessageReader.check(hello.build(), 3));
      assertEquals(Status.Code.FAILED_PRECONDITION, refusal.getCode());
    }
  }

  private void assertRefused(String words, ShardMessage message) {
    Status refusal = refusal(() -> reader.report(2, message));
    assertEquals(Status.Code.INVALID_ARGUMENT, refusal.getCode());
    assertTrue(refusal.getDescription().contains(words), refusal::toString);
  }

  private static Status refusal(Executable reading) {
    return assertThrows(StatusRuntimeException.class, reading).getStatus();
  }

  private static ShardHello.Builder hello(int protocol, int shard, int shards) {
    return ShardHello.newBuilder().setProtocol(protocol).setShard(shard).setShards(shards);
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
