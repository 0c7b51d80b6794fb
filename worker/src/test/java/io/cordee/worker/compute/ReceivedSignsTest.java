package io.cordee.worker.compute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.kernel.Digest;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.optimizer.OptimizerCatalog;
import io.cordee.common.optimizer.ParameterState;
import io.cordee.common.optimizer.Replica;
import io.cordee.common.optimizer.RoundScalars;
import io.cordee.common.reduce.Chunks;
import io.cordee.worker.link.ChunkSink.Chunk;
import io.cordee.worker.link.ChunkSink.Content;
import io.cordee.worker.link.FakeServer;
import io.cordee.worker.link.GivenData;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A replica beside the state that it follows. */
class ReceivedSignsTest {

  private static final int PARAMETERS = 7;

  private final Chunks chunks = new Chunks(PARAMETERS, 4, 1);
  private final FakeServer server = new FakeServer();
  private final Random random = new Random(5);
  private Optimizer optimizer = optimizer("rprop");
  private ParameterState truth = start();
  private Replica replica = new Replica(optimizer, chunks);
  private ReceivedSigns vectors = new ReceivedSigns(chunks, replica, server);
  private int version;
  private double loss = 1;

  @ParameterizedTest
  @ValueSource(
      strings = {"rprop", "rprop+", "rprop-", "irprop+", "irprop-", "signsgd", "signum", "lion"})
  void followsEveryStepFromItsSignsToTheSameBits(String spec) {
    use(spec);
    sendState();
    assertArrayEquals(truth.current(), vectors.lookaheadPoint(0).orElseThrow());
    for (int round = 0; round < 60; round++) {
      step(true);
      assertArrayEquals(truth.current(), vectors.lookaheadPoint(version).orElseThrow());
    }
    assertEquals(List.of(), server.heard);
  }

  @Test
  void signsOfNeighbouringChunksAreReplayedEachByItself() {
    sendState();
    for (boolean isChecked : new boolean[] {false, true, false}) {
      assertTrue(vectors.put(joined(signs(isChecked))));
      assertArrayEquals(truth.current(), vectors.lookaheadPoint(version).orElseThrow());
    }
    assertEquals(List.of(), server.heard);
    Replica.Place slot = replica.part(1, version, 2);
    slot.array()[slot.from()] = -slot.array()[slot.from()];
    vectors.put(joined(signs(true)));
    assertEquals(List.of("differs 4 1"), server.heard, "the other one stands");
  }

  private static Chunk joined(Chunk[] signs) {
    byte[] packed = new byte[signs[0].values().size() + signs[1].values().size()];
    ByteBuffer into = ByteBuffer.wrap(packed);
    List<Long> checksums = new ArrayList<>();
    for (Chunk each : signs) {
      byte[] own = new byte[each.values().size()];
      each.values().read(own);
      into.put(own);
      checksums.addAll(((Content.SignsOf) each.content()).checksums());
    }
    boolean lossRose = ((Content.SignsOf) signs[0].content()).lossRose();
    Content content = new Content.SignsOf(lossRose, checksums);
    return new Chunk(signs[0].version(), 0, 2, content, GivenData.bytes(packed));
  }

  @Test
  void aVersionIsThereUntilTheOneAfterTheNextBegins() {
    sendState();
    float[] before = truth.current().clone();
    Chunk[] signs = signs(false);
    assertEquals(Optional.empty(), vectors.lookaheadPoint(1));
    vectors.put(signs[0]);
    assertArrayEquals(before, vectors.lookaheadPoint(0).orElseThrow());
    assertEquals(Optional.empty(), vectors.lookaheadPoint(1));
    assertTrue(vectors.put(signs[1]));
    assertArrayEquals(truth.current(), vectors.lookaheadPoint(1).orElseThrow());
    assertArrayEquals(before, vectors.lookaheadPoint(0).orElseThrow());
  }

  @Test
  void aBitThatFlippedIsFoundAtTheCheckAndHealedByTheState() {
    sendState();
    step(true);
    Replica.Place slot = replica.part(1, version, 2);
    int at = slot.from() + 1;
    slot.array()[at] = Float.intBitsToFloat(Float.floatToRawIntBits(slot.array()[at]) ^ 1);
    step(true);
    assertEquals(List.of("differs 2 1"), server.heard);
    assertEquals(Optional.empty(), vectors.lookaheadPoint(2));
    sendState();
    assertArrayEquals(truth.current(), vectors.lookaheadPoint(2).orElseThrow());
    step(true);
    assertArrayEquals(truth.current(), vectors.lookaheadPoint(3).orElseThrow());
    assertEquals(1, server.heard.size());
  }

  @Test
  void aStateThatArrivesDamagedIsAskedForAgain() {
    for (Chunk part : state(0)) {
      boolean isSlot = part.content() instanceof Content.State state && state.part() == 2;
      vectors.put(isSlot ? damaged(part) : part);
    }
    assertEquals(List.of("differs 0 0"), server.heard);
  }

  private static Chunk damaged(Chunk part) {
    return new Chunk(part.version(), part.chunk(), 1, part.content(), GivenData.floats(9, 9, 9, 9));
  }

  @Test
  void signsBeforeTheStateAreNotUsedAndSignsOfAStepThatItHoldsAreNotTakenAgain() {
    Chunk[] early = signs(false);
    assertFalse(vectors.put(early[0]));
    sendState();
    float[] stands = vectors.lookaheadPoint(1).orElseThrow().clone();
    assertFalse(vectors.put(early[1]));
    assertArrayEquals(stands, vectors.lookaheadPoint(1).orElseThrow());
    assertEquals(List.of(), server.heard);
  }

  @Test
  void aStepThatIsMissingIsNoticed() {
    sendState();
    signs(false);
    vectors.put(signs(false)[0]);
    assertEquals(List.of("differs 2 0"), server.heard);
  }

  @Test
  void whatCannotBeIsRefused() {
    assertRefused(chunk(9, new Content.State(0, OptionalLong.of(1)), 16), "no chunk 9 of 2");
    assertRefused(chunk(0, new Content.State(4, OptionalLong.empty()), 16), "part must be 0 to 3");
    assertRefused(chunk(0, new Content.State(0, OptionalLong.of(1)), 8), "16 bytes; found 8");
    assertRefused(chunk(0, new Content.SignsOf(true, List.of()), 2), "1 bytes; found 2");
    assertRefused(chunk(0, new Content.LookaheadPoint(), 16), "found floats");
    GivenData eight = GivenData.bytes(8);
    Content state = new Content.State(0, OptionalLong.of(1));
    assertRefused(new Chunk(1, 0, 2, state, eight), "one chunk at a time; found 2");
    Content signs = new Content.SignsOf(true, List.of());
    assertRefused(new Chunk(1, 0, 2, signs, eight), "chunk 0 to 1 has 2 bytes; found 8");
    assertRefused(new Chunk(1, 1, 2, signs, eight), "no chunk 1 to 2 of 2");
  }

  private static Chunk chunk(int chunk, Content content, int bytes) {
    return new Chunk(1, chunk, 1, content, GivenData.bytes(bytes));
  }

  private void assertRefused(Chunk chunk, String words) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> vectors.put(chunk)).getMessage();
    assertTrue(message.contains(words), message);
  }

  // ---- the server's side ----

  private static Optimizer optimizer(String spec) {
    return Optimizer.of(OptimizerCatalog.find(spec).orElseThrow().with(Map.of()), PARAMETERS);
  }

  private ParameterState start() {
    return new ParameterState(new float[] {1, -2, 3, -4, 0.5f, 0, 7}, optimizer.slots());
  }

  private void use(String spec) {
    optimizer = optimizer(spec);
    truth = start();
    replica = new Replica(optimizer, chunks);
    vectors = new ReceivedSigns(chunks, replica, server);
  }

  private void step(boolean isChecked) {
    for (Chunk signs : signs(isChecked)) {
      vectors.put(signs);
    }
  }

  /** Steps the true state, and returns the signs sent. */
  private Chunk[] signs(boolean isChecked) {
    double before = loss;
    loss = random.nextDouble();
    RoundScalars scalars = new RoundScalars(version + 1, 3, loss, before);
    version++;
    Chunk[] sent = new Chunk[chunks.count()];
    float[] sums = new float[PARAMETERS];
    for (int i = 0; i < PARAMETERS; i++) {
      sums[i] = random.nextInt(5) == 0 ? 0 : (float) random.nextGaussian();
    }
    for (int c = 0; c < sent.length; c++) {
      float[] part = Arrays.copyOfRange(sums, chunks.from(c), chunks.to(c));
      optimizer.step(scalars, part, truth, chunks.from(c), chunks.to(c));
      byte[] packed = optimizer.signs(scalars, part, part.length);
      List<Long> checksums = isChecked ? List.of(checksum(truth.next(), c)) : List.of();
      sent[c] =
          new Chunk(
              version,
              c,
              1,
              new Content.SignsOf(scalars.lossRose(), checksums),
              GivenData.bytes(packed));
    }
    truth.advance();
    return sent;
  }

  private long checksum(float[] weights, int chunk) {
    float[][] slots = Arrays.copyOf(truth.slots(), optimizer.replayedSlots().size());
    return Digest.ofChunk(weights, slots, chunks.from(chunk), chunks.to(chunk));
  }

  private void sendState() {
    for (int c = 0; c < chunks.count(); c++) {
      for (Chunk part : state(c)) {
        vectors.put(part);
      }
    }
  }

  private Chunk[] state(int chunk) {
    Chunk[] parts = new Chunk[replica.parts()];
    for (int part = 0; part < parts.length; part++) {
      float[] vector =
          switch (part) {
            case 0 -> truth.current();
            case 1 -> truth.next();
            default -> truth.slots()[part - 2];
          };
      OptionalLong checksum =
          part == 0 ? OptionalLong.of(checksum(truth.current(), chunk)) : OptionalLong.empty();
      parts[part] =
          new Chunk(
              version,
              chunk,
              1,
              new Content.State(part, checksum),
              GivenData.floats(Arrays.copyOfRange(vector, chunks.from(chunk), chunks.to(chunk))));
    }
    return parts;
  }
}
