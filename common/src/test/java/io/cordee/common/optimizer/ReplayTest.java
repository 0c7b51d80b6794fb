package io.cordee.common.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.cordee.common.kernel.Digest;
import io.cordee.common.reduce.Chunks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** A replica follows a sign-driven optimizer to the same bits, whatever options are around it. */
class ReplayTest {

  private static final int ROUNDS = 8;

  private static final List<String> OPTIMIZERS =
      List.of("rprop", "rprop+", "rprop-", "irprop+", "irprop-", "signsgd", "signum", "lion");

  private static OptimizerSpec draw(Random random) {
    String spec = OPTIMIZERS.get(random.nextInt(OPTIMIZERS.size()));
    Map<String, Object> values =
        new LinkedHashMap<>(AnyUpdate.draw(spec, random).settings().values());
    // So tight that some clipped values become 0.
    values.computeIfPresent("clip_norm", (key, limit) -> random.nextInt(3) == 0 ? 1e-44 : limit);
    return AnyUpdate.spec(spec, values);
  }

  @Test
  void everySignDrivenOptimizerIsDrawn() {
    assertEquals(OPTIMIZERS, OptimizerCatalog.signDrivenNames());
  }

  @Test
  void aReplicaOfSignumOrLionHoldsNoSlots() {
    for (String spec : OPTIMIZERS) {
      Replica replica = new Replica(Optimizer.of(AnyUpdate.spec(spec, Map.of()), 3), chunks(3, 3));
      assertEquals(spec.contains("rprop") ? 4 : 2, replica.parts(), spec);
    }
  }

  @Test
  void otherOptimizersCannotBeReplayed() {
    Optimizer adam = Optimizer.of(AnyUpdate.spec("adam", Map.of()), 3);
    assertThrows(IllegalStateException.class, () -> new Replica(adam, chunks(3, 3)));
  }

  private static Chunks chunks(int parameters, int length) {
    return new Chunks(parameters, length, 1);
  }

  @Property(tries = 2000)
  void everyRoundOfAReplicaHasTheChecksumOfTheServersChunk(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 40) int n,
      @ForAll @IntRange(min = 1, max = 20) int length) {
    follow(new Random(seed), n, length);
  }

  @Property(tries = 20)
  void soHasAReplicaOfChunksThatAreUnpackedInPieces(@ForAll long seed) {
    int chunk = 2 * Replica.SIGNS + 7;
    follow(new Random(seed), 2 * chunk - 4, chunk);
  }

  private static void follow(Random random, int n, int length) {
    OptimizerSpec spec = draw(random);
    Optimizer optimizer = Optimizer.of(spec, n);
    Chunks chunks = chunks(n, length);
    float[] start = AnyUpdate.ordinary(random, n);
    Replica replica = replica(optimizer, chunks, start);
    List<ParameterState> server = new ArrayList<>();
    for (int c = 0; c < chunks.count(); c++) {
      float[] own = AnyUpdate.range(start, n, chunks.from(c), chunks.to(c));
      server.add(new ParameterState(own, optimizer.slots()));
    }
    for (int round = 1; round <= ROUNDS; round++) {
      RoundScalars scalars = AnyUpdate.round(round, 7, random);
      float[] all =
          random.nextBoolean() ? AnyUpdate.ordinary(random, n) : AnyUpdate.extreme(random, n);
      List<float[]> sums = AnyUpdate.cut(all, chunks);
      List<byte[]> signs = step(optimizer, scalars, sums, chunks, server);
      for (int c = 0; c < chunks.count(); c++) {
        ParameterState chunk = server.get(c);
        long checksum =
            Digest.ofChunk(chunk.next(), replayed(optimizer, chunk.slots()), 0, chunks.size(c));
        Replica.Effect effect =
            replica.replay(c, round, scalars.lossRose(), signs.get(c), Optional.of(checksum));
        assertEquals(Replica.Effect.DONE, effect, "round " + round + " by " + spec);
        chunk.advance();
      }
    }
  }

  private static List<byte[]> step(
      Optimizer optimizer,
      RoundScalars scalars,
      List<float[]> sums,
      Chunks chunks,
      List<ParameterState> server) {
    List<byte[]> signs = new ArrayList<>();
    double[] squares = new double[chunks.count()];
    for (int c = 0; c < squares.length && optimizer.clips(); c++) {
      squares[c] = optimizer.squares(scalars, sums.get(c), chunks.size(c));
    }
    double norm = Optimizer.norm(squares);
    for (int c = 0; c < squares.length; c++) {
      float[] own = sums.get(c);
      int size = chunks.size(c);
      optimizer.step(scalars, own, norm, server.get(c), 0, size);
      signs.add(optimizer.signs(scalars, own, size));
    }
    return signs;
  }

  private static float[][] replayed(Optimizer optimizer, float[][] slots) {
    return Arrays.copyOf(slots, optimizer.replayedSlots().size());
  }

  private static Replica replica(Optimizer optimizer, Chunks chunks, float[] start) {
    Replica replica = new Replica(optimizer, chunks);
    for (int c = 0; c < chunks.count(); c++) {
      float[] own = AnyUpdate.range(start, chunks.parameters(), chunks.from(c), chunks.to(c));
      ParameterState state = new ParameterState(own, optimizer.slots());
      for (int part = 0; part < replica.parts(); part++) {
        float[] sent = part < 2 ? own : state.slots()[part - 2];
        Replica.Place place = replica.part(c, 0, part);
        System.arraycopy(sent, 0, place.array(), place.from(), own.length);
      }
      long checksum = Digest.ofChunk(own, replayed(optimizer, state.slots()), 0, own.length);
      assertEquals(Replica.Effect.DONE, replica.restore(c, 0, checksum));
    }
    return replica;
  }
}
