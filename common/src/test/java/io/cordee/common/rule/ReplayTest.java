package io.cordee.common.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.kernel.Digest;
import io.cordee.common.reduce.Chunks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A replica follows a sign-driven rule to the same bits, whatever options are around it. */
class ReplayTest {

  private static final int ROUNDS = 8;

  /** w ← w − η·sign(g), with a slot that grows by as much. */
  private record SignDescent(LearningRate learningRate) implements RangeRule {

    @Override
    public List<Slot> slots() {
      return List.of(new Slot("sum", 0));
    }

    @Override
    public void step(RoundScalars round, float[] g, ParameterState state, int from, int to) {
      float η = learningRate.at(round);
      for (int i = from; i < to; i++) {
        float s = Math.signum(g[i - from]);
        state.slots()[0][i] += s;
        state.next()[i] = state.current()[i] - η * s;
      }
    }
  }

  private static Optimizer optimizer(Random random, int parameters) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("learning_rate", 0.1);
    options.put("warmup_rounds", (double) random.nextInt(5));
    options.put("weight_decay", random.nextInt(3) * 0.3);
    options.put("decay", random.nextBoolean() ? "coupled" : "decoupled");
    // So tight that some of what is shortened is 0 afterwards.
    options.put("clip_norm", List.of(0.0, 1.0, 1e-44).get(random.nextInt(3)));
    Settings settings = AnyRule.spec("gd", options).settings();
    return Optimizer.of(new SignDescent(LearningRate.of(settings)), settings, parameters);
  }

  @Property(tries = 300)
  void everyRoundOfAReplicaHasTheChecksumOfTheServersChunk(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 40) int n,
      @ForAll @IntRange(min = 1, max = 20) int length) {
    Random random = new Random(seed);
    Optimizer optimizer = optimizer(random, n);
    Chunks chunks = new Chunks(n, length, 1);
    float[] start = AnyRule.ordinary(random, n);
    Replica replica = replica(optimizer, chunks, start);
    List<ParameterState> server = new ArrayList<>();
    for (int c = 0; c < chunks.count(); c++) {
      float[] own = AnyRule.range(start, n, chunks.from(c), chunks.to(c));
      server.add(new ParameterState(own, optimizer.slots()));
    }
    for (int round = 1; round <= ROUNDS; round++) {
      RoundScalars scalars = AnyRule.round(round, 7, random);
      List<float[]> sums = AnyRule.cut(AnyRule.ordinary(random, n), chunks);
      List<byte[]> signs = step(optimizer, scalars, sums, chunks, server);
      for (int c = 0; c < chunks.count(); c++) {
        ParameterState chunk = server.get(c);
        long checksum = Digest.ofChunk(chunk.next(), chunk.slots(), 0, chunks.size(c));
        Replica.Effect effect =
            replica.replay(c, round, scalars.lossRose(), signs.get(c), Optional.of(checksum));
        assertEquals(Replica.Effect.DONE, effect, "round " + round);
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
      signs.add(
          optimizer.clips()
              ? optimizer.stepMeansForReplay(scalars, own, norm, server.get(c), 0, size)
              : optimizer.stepForReplay(scalars, own, server.get(c), 0, size));
    }
    return signs;
  }

  private static Replica replica(Optimizer optimizer, Chunks chunks, float[] start) {
    Replica replica = new Replica(optimizer, chunks);
    for (int c = 0; c < chunks.count(); c++) {
      int size = chunks.size(c);
      for (int part : new int[] {0, 1}) {
        Replica.Place place = replica.part(c, 0, part);
        System.arraycopy(start, chunks.from(c), place.array(), place.from(), size);
      }
      long checksum =
          Digest.ofChunk(
              AnyRule.range(start, chunks.parameters(), chunks.from(c), chunks.to(c)),
              new float[1][size],
              0,
              size);
      assertEquals(Replica.Effect.DONE, replica.restore(c, 0, checksum));
    }
    return replica;
  }
}
