package io.cordee.server.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.job.LocalSteps;
import io.cordee.common.job.Tally;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.Holding;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.reduce.Shard;
import io.cordee.common.wire.GradientFormat;
import io.cordee.proto.frame.Payload;
import io.cordee.proto.frame.ReceivedPayload;
import io.cordee.proto.v1.Contribution.Encoding;
import io.cordee.server.round.BufferPool;
import io.cordee.server.round.Contribution;
import io.cordee.server.round.DenseContribution;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContributionReaderTest {

  private static final Chunks TWO_CHUNKS = new Chunks(5, 3, 2);
  private static final Holding WHOLE = TWO_CHUNKS;

  private final BufferPool buffers = new BufferPool();

  // Worked out from the contract: the last chunk's two gradients, then its two curvatures.

  private static final byte[] AS_FLOAT32 = {
    0, 0, (byte) 0xfe, 0x42, 0, 0, (byte) 0x80, (byte) 0xbf, 0, 0, 0, 0x40, 0, 0, 0, 0
  };
  private static final byte[] AS_BFLOAT16 = {
    (byte) 0xfe, 0x42, (byte) 0x80, (byte) 0xbf, 0, 0x40, 0, 0
  };
  private static final byte[] AS_INT8 = {0, 0, (byte) 0x80, 0x3f, 127, -1, 0, 0, 0, 0x3f, 4, 0};

  private static final byte[][] ENCODED = {AS_FLOAT32, AS_BFLOAT16, AS_INT8};

  @Test
  void everyEncodingIsReadAsTheContractSays() {
    for (GradientFormat format : GradientFormat.values()) {
      byte[] bytes = ENCODED[format.ordinal()];
      ContributionReader reader = reader(format);
      var header = header(Encoding.valueOf(format.name()), 1).build();
      reader.check(header, bytes.length, WHOLE);
      Contribution read = reader.read(header, ReceivedPayload.of(Payload.of(bytes)), WHOLE).get(0);
      assertArrayEquals(new float[] {127, -1, 2, 0}, read.sums(), format::toString);
      assertEquals(new DenseContribution(4, 9, 1, new Tally(10, 2.5, 3, 2), read.sums()), read);
    }
  }

  @Test
  void severalChunksAreReadOneBehindTheOther() {
    int[] firstBytes = {
      24, 12, 14, 10
    }; // three gradients and three curvatures: zeros, in two blocks
    for (GradientFormat format : GradientFormat.values()) {
      int before = firstBytes[format.ordinal()];
      byte[] end = ENCODED[format.ordinal()];
      byte[] bytes = Arrays.copyOf(new byte[before], before + end.length);
      System.arraycopy(end, 0, bytes, before, end.length);
      var header = header(Encoding.valueOf(format.name()), 0).setChunks(2).build();
      ContributionReader reader = reader(format);
      reader.check(header, bytes.length, WHOLE);
      List<Contribution> read = reader.read(header, ReceivedPayload.of(Payload.of(bytes)), WHOLE);
      assertEquals(List.of(0, 1), read.stream().map(Contribution::chunk).toList());
      assertArrayEquals(new float[6], read.get(0).sums(), format::toString);
      assertArrayEquals(new float[] {127, -1, 2, 0}, read.get(1).sums(), format::toString);
      Tally tally = new Tally(10, 2.5, 3, 2);
      assertEquals(new DenseContribution(4, 9, 0, tally, read.get(0).sums()), read.get(0));
    }
  }

  @Test
  void chunksBehindTheLastOrFewerThanNoneAreRefused() {
    for (int chunks : new int[] {-1, 3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      assertEquals(
          "chunks must be 1 to 2 from chunk 0 on; found " + chunks,
          refusal(GradientFormat.INT8, header(Encoding.INT8, 0).setChunks(chunks).build(), 26));
    }
    assertEquals(
        "chunks must be 1 to 1 from chunk 1 on; found 2",
        refusal(GradientFormat.INT8, header(Encoding.INT8, 1).setChunks(2).build(), 26));
  }

  @Test
  void severalChunksOfAnotherLengthAreRefused() {
    for (int bytes : new int[] {0, 16, 24, 39, 41}) {
      assertEquals(
          "chunks 0 to 1 have 10 floats, in 40 bytes as float32; found " + bytes + " bytes",
          refusal(GradientFormat.FLOAT32, header(Encoding.FLOAT32, 0).setChunks(2).build(), bytes));
    }
  }

  @Test
  void whatIsNotFiniteIsStillNotForTheRoundToRefuse() {
    byte[] halves = AS_BFLOAT16.clone();
    halves[0] = (byte) 0x80;
    halves[1] = 0x7f; // infinity
    byte[] blocks = AS_INT8.clone();
    blocks[2] = (byte) 0xc0;
    blocks[3] = 0x7f; // a scale of NaN
    assertFalse(Float.isFinite(firstSum(GradientFormat.BFLOAT16, halves)));
    assertFalse(Float.isFinite(firstSum(GradientFormat.INT8, blocks)));
  }

  private float firstSum(GradientFormat format, byte[] bytes) {
    var header = header(Encoding.valueOf(format.name()), 1).build();
    return reader(format)
        .read(header, ReceivedPayload.of(Payload.of(bytes)), WHOLE)
        .get(0)
        .sums()[0];
  }

  @Test
  void arraysComeFromThePool() {
    float[] used = new float[4];
    buffers.giveBack(used);
    Contribution read =
        reader(GradientFormat.INT8)
            .read(header(Encoding.INT8, 1).build(), ReceivedPayload.of(Payload.of(AS_INT8)), WHOLE)
            .get(0);
    assertSame(used, read.sums());
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 0, 23", // chunk 0 has three gradients and three curvatures
    "FLOAT32, 0, 25",
    "FLOAT32, 1, 24",
    "BFLOAT16, 0, 24",
    "BFLOAT16, 0, 11",
    "BFLOAT16, 1, 0",
    "INT8, 0, 10", // as if both parts shared a block
    "INT8, 0, 12",
    "INT8, 0, 15",
    "INT8, 1, 14"
  })
  void otherLengthsAreRefusedBeforeAnythingIsRead(GradientFormat format, int chunk, int bytes) {
    String words = refusal(format, header(Encoding.valueOf(format.name()), chunk).build(), bytes);
    assertTrue(words.startsWith("chunk " + chunk + " has " + (chunk == 0 ? 6 : 4) + " floats"));
    assertTrue(words.endsWith("found " + bytes + " bytes"), words);
  }

  @Test
  void aChunkThatIsNotThereIsRefused() {
    for (int chunk : new int[] {-1, 2}) {
      assertEquals(
          "chunk must be 0 to 1; found " + chunk,
          refusal(GradientFormat.INT8, header(Encoding.INT8, chunk).build(), 14));
    }
  }

  @Test
  void anotherEncodingThanTheJobsIsRefusedThoughItsLengthMayFit() {
    assertEquals(
        "contributions to this job are encoded as int8; found float32",
        refusal(GradientFormat.INT8, header(Encoding.FLOAT32, 1).build(), 12));
    assertEquals(
        "contributions to this job are encoded as float32; found bfloat16",
        refusal(GradientFormat.FLOAT32, header(Encoding.BFLOAT16, 1).build(), 16));
    assertEquals(
        "contributions to this job are encoded as bfloat16; found encoding 7, which is not known"
            + " here",
        refusal(
            GradientFormat.BFLOAT16, header(Encoding.FLOAT32, 1).setEncodingValue(7).build(), 8));
  }

  @Test
  void withLocalStepsTheRowsOfEveryStepOfThePartitionsAreCounted() {
    var header = header(Encoding.FLOAT32, 1);
    assertEquals(10, reader(GradientFormat.FLOAT32).rows(header.build()));
    Job job = JobFile.defaultJob(List.of("local={steps: 3, batch: 4, optimizer: gd}"));
    ContributionReader local = reader(GradientFormat.FLOAT32, job.local());
    ReductionTree tree = new ReductionTree(5);
    for (int node = 1; tree.contains(node); node++) {
      assertEquals(12L * tree.span(node).size(), local.rows(header.setNode(node).build()));
    }
    assertEquals(10, local.rows(header.setNode(99).build()), "which is refused later");
  }

  // ---- helpers ----

  private ContributionReader reader(GradientFormat format) {
    return reader(format, Optional.empty());
  }

  private ContributionReader reader(GradientFormat format, Optional<LocalSteps> local) {
    return new ContributionReader(
        new Part(Shard.WHOLE, 0, Optional.empty()),
        TWO_CHUNKS,
        new ReductionTree(5),
        buffers,
        format,
        local);
  }

  private String refusal(GradientFormat format, io.cordee.proto.v1.Contribution header, int bytes) {
    ContributionReader reader = reader(format);
    Status status =
        assertThrows(StatusRuntimeException.class, () -> reader.check(header, bytes, WHOLE))
            .getStatus();
    assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode());
    return status.getDescription();
  }

  private static io.cordee.proto.v1.Contribution.Builder header(Encoding encoding, int chunk) {
    return io.cordee.proto.v1.Contribution.newBuilder()
        .setVersion(4)
        .setNode(9)
        .setChunk(chunk)
        .setEncoding(encoding)
        .setTally(
            io.cordee.proto.v1.Tally.newBuilder()
                .setRows(10)
                .setLossSum(2.5)
                .setCorrect(3)
                .setWithin(2));
  }
}
