package io.cordee.worker.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.reduce.Chunks;
import io.cordee.common.wire.Bfloat16;
import io.cordee.common.wire.Uplink;
import io.cordee.function.Sums;
import io.cordee.proto.frame.Payload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkEncoderTest {

  private static final int PARAMETERS = 700;

  @ParameterizedTest
  @CsvSource({"FLOAT32, 1", "FLOAT32, 3", "BFLOAT16, 1", "BFLOAT16, 3", "INT8, 1", "INT8, 3"})
  void whatIsSentIsNearToWhatWasMeantInEveryPart(Uplink uplink, int width) {
    Sums sums = gaussians(1, width);
    Sums sent = send(ChunkEncoder.of(uplink), uplink, 0, 1, sums);
    for (int i = 0; i < PARAMETERS; i++) {
      assertEquals(sums.gradient()[i], sent.gradient()[i], tolerance(uplink, sums.gradient()[i]));
    }
    for (int i = 0; i < sums.extra().length; i++) {
      assertEquals(sums.extra()[i], sent.extra()[i], tolerance(uplink, sums.extra()[i]));
    }
  }

  private static double tolerance(Uplink uplink, float value) {
    return switch (uplink) {
      case FLOAT32 -> 0;
      case BFLOAT16 -> Math.abs(value) / 256;
      case INT8 -> 4.5 / 127 / 2;
    };
  }

  @Test
  void bfloat16RoundsEachFloatByItself() {
    Sums sums = gaussians(2, 2);
    Sums sent = send(ChunkEncoder.of(Uplink.BFLOAT16), Uplink.BFLOAT16, 0, 1, sums);
    for (int i = 0; i < PARAMETERS; i++) {
      assertEquals(Bfloat16.toFloat(Bfloat16.of(sums.gradient()[i])), sent.gradient()[i]);
      assertEquals(Bfloat16.toFloat(Bfloat16.of(sums.extra()[i])), sent.extra()[i]);
    }
  }

  @Test
  void overTheRoundsInt8SendsTheSumOfTheTrueGradients() {
    ChunkEncoder encoder = ChunkEncoder.of(Uplink.INT8);
    double[] meant = new double[PARAMETERS];
    double[] sent = new double[PARAMETERS];
    double[] withoutFeedback = new double[PARAMETERS];
    int rounds = 300;
    for (int version = 0; version < rounds; version++) {
      Sums sums = gaussians(version, 1);
      // One gradient dwarfs those in its block: each alone is less than half a step of the scale.
      sums.gradient()[0] = 2000;
      for (int i = 1; i < PARAMETERS; i++) {
        sums.gradient()[i] += 2;
      }
      add(meant, sums);
      add(sent, send(encoder, Uplink.INT8, version, 5, sums));
      add(withoutFeedback, send(ChunkEncoder.of(Uplink.INT8), Uplink.INT8, version, 5, sums));
    }
    double step = 2020 / 127.0;
    for (int i = 0; i < PARAMETERS; i++) {
      assertEquals(meant[i], sent[i], step, "after all rounds, less than one step is owed");
    }
    assertTrue(meant[1] > 500, "far more than one step");
    assertEquals(0, withoutFeedback[1], "all of it would be lost otherwise");
  }

  @Test
  void eachNodeIsOwedItsOwn() {
    ChunkEncoder both = ChunkEncoder.of(Uplink.INT8);
    ChunkEncoder alone = ChunkEncoder.of(Uplink.INT8);
    for (int version = 0; version < 4; version++) {
      Sums four = gaussians(version, 2);
      send(both, Uplink.INT8, version, 5, gaussians(100 + version, 2));
      Sums sent = send(both, Uplink.INT8, version, 4, four);
      Sums expected = send(alone, Uplink.INT8, version, 4, four);
      assertArrayEquals(expected.gradient(), sent.gradient());
      assertArrayEquals(expected.extra(), sent.extra());
    }
  }

  @Test
  void threadsThatSendAtOnceDoNotShow() throws Exception {
    int nodes = 8;
    ChunkEncoder shared = ChunkEncoder.of(Uplink.INT8);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<ChunkEncoder> alone =
          IntStream.range(0, nodes).mapToObj(node -> ChunkEncoder.of(Uplink.INT8)).toList();
      for (int version = 0; version < 20; version++) {
        int at = version;
        List<Future<Sums>> sent =
            IntStream.range(0, nodes)
                .mapToObj(
                    node ->
                        threads.submit(
                            () -> send(shared, Uplink.INT8, at, 8 + node, sums(at, node))))
                .toList();
        for (int node = 0; node < nodes; node++) {
          Sums expected = send(alone.get(node), Uplink.INT8, at, 8 + node, sums(at, node));
          assertArrayEquals(expected.gradient(), sent.get(node).get().gradient());
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static Sums sums(int version, int node) {
    return gaussians(1000L * version + node, 1);
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32", "BFLOAT16", "INT8"})
  void whatIsNotFiniteArrivesAsThat(Uplink uplink) {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      Sums sums = gaussians(3, 1);
      sums.gradient()[PARAMETERS - 1] = bad;
      Sums sent = send(ChunkEncoder.of(uplink), uplink, 0, 1, sums);
      assertTrue(!Float.isFinite(sent.gradient()[PARAMETERS - 1]));
    }
  }

  /** The sums as a server decodes them. */
  private static Sums send(ChunkEncoder encoder, Uplink uplink, int version, int node, Sums sums) {
    int more = sums.width() - 1;
    Chunks chunks = new Chunks(PARAMETERS, 300, sums.width());
    Sums received = new Sums(PARAMETERS, sums.width());
    for (int chunk = 0; chunk < chunks.count(); chunk++) {
      byte[] bytes = bytes(encoder.encode(version, node, sums, chunks, chunk));
      int from = chunks.from(chunk);
      int size = chunks.size(chunk);
      int first = uplink.bytes(size);
      assertEquals(first + uplink.bytes(size * more), bytes.length);
      uplink.decode(bytes, 0, received.gradient(), from, size);
      uplink.decode(bytes, first, received.extra(), from * more, size * more);
    }
    return received;
  }

  private static byte[] bytes(Payload payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      payload.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertEquals(payload.size(), out.size());
    return out.toByteArray();
  }

  private static Sums gaussians(long seed, int width) {
    Random random = new Random(seed);
    Sums sums = new Sums(PARAMETERS, width);
    for (float[] array : Arrays.asList(sums.gradient(), sums.extra())) {
      for (int i = 0; i < array.length; i++) {
        array[i] = (float) random.nextGaussian();
      }
    }
    return sums;
  }

  private static void add(double[] totals, Sums sums) {
    for (int i = 0; i < totals.length; i++) {
      totals[i] += sums.gradient()[i];
    }
  }
}
