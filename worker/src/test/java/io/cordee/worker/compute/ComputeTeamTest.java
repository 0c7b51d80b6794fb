package io.cordee.worker.compute;

import static io.cordee.worker.link.FakeServer.next;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.LocalSteps;
import io.cordee.common.job.Tally;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.measure.Metric;
import io.cordee.common.model.Activation;
import io.cordee.common.model.Init;
import io.cordee.common.model.InitialWeights;
import io.cordee.common.model.Loss;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.Output;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.wire.GradientFormat;
import io.cordee.common.wire.NodeRounding;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.function.Rows;
import io.cordee.function.Sums;
import io.cordee.proto.message.TallyCodec;
import io.cordee.proto.v1.Evaluated;
import io.cordee.worker.function.FunctionCalls;
import io.cordee.worker.function.JobFunctions;
import io.cordee.worker.link.FakeServer;
import io.cordee.worker.link.FakeServer.Sent;
import io.cordee.worker.model.Network;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ComputeTeamTest {

  private static final int PARTITIONS = 11;
  private static final Mlp MODEL =
      new Mlp(
          List.of(6, 5, 3),
          Activation.TANH,
          Output.SOFTMAX,
          Loss.CROSS_ENTROPY,
          new Init(Init.Scheme.GLOROT, 1, 0),
          0);
  private static final Layout LAYOUT = MODEL.layout();

  private final ReductionTree tree = new ReductionTree(PARTITIONS);
  private final FakeServer server = new FakeServer();
  private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
  private final float[] parameters = InitialWeights.of(MODEL);
  private final List<ComputeThreads> threads = new ArrayList<>();

  @AfterEach
  void close() {
    threads.forEach(ComputeThreads::close);
  }

  @Test
  void contributionsAreTheMaximalSubtreesOfWhatIsLeased() {
    // Of 11: 0..5 is node 2, 0..2 node 4, 6..8 node 6, 9 and 10 node 7.
    BitSet leased = units(0, 1, 2, 4, 6, 7, 8, 9);
    team(2, 1).lease(0, leased, MadeUpRows::inRound).accept(at(parameters));
    List<Integer> expected = tree.maximalNodes(leased);
    Map<Integer, Sent> sent = take(expected.size());
    assertEquals(expected.stream().sorted().toList(), sent.keySet().stream().sorted().toList());
    assertTrue(expected.contains(4) && expected.contains(6));
    assertEquals(4, expected.size());
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 1", "1, 2", "3, 2", "3, 54"})
  void sumsArePlainSumsAddedAlongTheTreeWhateverTheThreads(int threads, int width) {
    ComputeTeam team = team(threads, width);
    BitSet most = units(IntStream.range(0, PARTITIONS).filter(p -> p != 4).toArray());
    // Several rounds: reused buffers start from 0.
    for (int version = 5; version < 8; version++) {
      parameters[0] += 1;
      team.lease(version, most, MadeUpRows::inRound).accept(at(parameters));
      for (Sent sent : take(tree.maximalNodes(most).size()).values()) {
        Sums expected = new Sums(LAYOUT.parameters(), width);
        Tally tally = plainSum(sent.node(), width, expected);
        assertEquals(version, sent.version());
        assertEquals(tally, sent.tally());
        assertArrayEquals(expected.gradient(), sent.gradient());
        assertArrayEquals(expected.extra(), sent.extra());
      }
    }
    assertTrue(failures.isEmpty(), failures::toString);
  }

  private Tally plainSum(int node, int width, Sums into) {
    ReductionTree.Span span = tree.span(node);
    if (span.size() == 1) {
      return Tally.of(network(width).accumulate(parameters, new MadeUpRows(span.from()), into));
    }
    Tally left = plainSum(ReductionTree.left(node), width, into);
    Sums right = new Sums(LAYOUT.parameters(), width);
    Tally rightTally = plainSum(ReductionTree.right(node), width, right);
    into.add(right);
    return left.plus(rightTally);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void localStepsAreAddedAlongTheTreeWhateverTheThreads(int threads) {
    LocalSteps local =
        JobFile.defaultJob(List.of("local={steps: 3, batch: 4, optimizer: adam}"))
            .local()
            .orElseThrow();
    ComputeTeam team = team(threads, 1, Optional.of(() -> new LocalDescent(local, LAYOUT, 1)));
    BitSet leased = units(6, 7, 8);
    for (int version = 3; version < 6; version++) {
      team.lease(version, leased, MadeUpRows::inRound).accept(at(parameters));
      Sums[] alone = new Sums[3];
      for (int i = 0; i < 3; i++) {
        alone[i] = new Sums(LAYOUT.parameters(), 1);
        new LocalDescent(local, LAYOUT, 1)
            .run(
                network(1),
                version,
                6 + i,
                parameters,
                MadeUpRows.inRound(6 + i),
                () -> false,
                alone[i]);
      }
      // Of 11, node 6 is of 6 to 8, its left half 6 and 7.
      alone[0].add(alone[1]);
      alone[0].add(alone[2]);
      Sent sent = next(server.contributions);
      assertEquals(6, sent.node());
      assertEquals(12, sent.tally().rows());
      assertArrayEquals(alone[0].gradient(), sent.gradient());
    }
    assertTrue(failures.isEmpty(), failures::toString);
  }

  @Test
  void slicesAreMeasuredOneByOne() {
    team(3, 1).evaluate(4, at(parameters), units(1, 5), MadeUpRows::new);
    Map<Integer, Tally> measured = new HashMap<>();
    for (int i = 0; i < 2; i++) {
      Evaluated each = next(server.evaluations);
      assertEquals(4, each.getVersion());
      measured.put(each.getSlice(), TallyCodec.read(each.getTally()));
    }
    for (int slice : new int[] {1, 5}) {
      Tally expected = FunctionCalls.measure(network(1), parameters, new MadeUpRows(slice), 3);
      Tally found = measured.get(slice);
      assertEquals(expected.of(Metric.F1), found.of(Metric.F1));
      assertEquals(expected.with(found.measures().orElseThrow()), found);
    }
  }

  private static RoundRows ofRound(Rows rows) {
    return new RoundRows(rows.count(), step -> rows);
  }

  @Test
  void aGradientThatIsNotFiniteIsReportedWithPartitionLayerAndRoundAndNotSent() {
    ComputeTeam team = team(1, 1);
    team.lease(
            6,
            units(0, 1, 2, 3),
            partition -> ofRound(new MadeUpRows(partition, partition == 3 ? Float.NaN : 0)))
        .accept(at(parameters));
    DivergenceException failure = assertInstanceOf(DivergenceException.class, next(failures));
    for (String part : List.of("round 7", "layer1.weight", "partition 3")) {
      assertTrue(failure.getMessage().contains(part), failure::getMessage);
    }
    // The only thread measures this after it has come past the partition.
    team.evaluate(6, at(parameters), units(0), MadeUpRows::new);
    next(server.evaluations);
    assertEquals(List.of(4), server.contributions.stream().map(Sent::node).toList());
    assertTrue(failures.isEmpty());
  }

  @Test
  void whatIsNotWantedAnyMoreIsNeitherComputedNorSentNorAFailure() {
    ComputeTeam team = team(1, 1);
    team.lease(
            6,
            units(0, 1, 2, 3),
            partition -> {
              // As if chunks of version 8 overwrote version 6 while it is in use.
              threads.get(0).abandonBefore(7);
              return ofRound(new MadeUpRows(partition, Float.NaN));
            })
        .accept(at(parameters));
    team.lease(7, units(7), MadeUpRows::inRound).accept(at(parameters));
    assertEquals(7, next(server.contributions).version());
    assertTrue(failures.isEmpty(), failures::toString);
    assertTrue(server.contributions.isEmpty());
  }

  @Test
  void whatGoesWrongOnAComputeThreadIsReportedAndTheThreadGoesOn() {
    ComputeTeam team = team(1, 1);
    team.lease(
            0,
            units(7),
            partition -> {
              throw new OutOfMemoryError("Java heap space");
            })
        .accept(at(parameters));
    assertInstanceOf(OutOfMemoryError.class, next(failures));
    team.lease(0, units(7), MadeUpRows::inRound).accept(at(parameters));
    assertEquals(tree.leaf(7), next(server.contributions).node());
  }

  @Test
  void closingDropsWhatIsQueuedAndEndsTheThreads() throws Exception {
    server.gate = new CompletableFuture<>();
    CompletableFuture<Thread> computing = new CompletableFuture<>();
    ComputeTeam team =
        team(
            1,
            1,
            Optional.empty(),
            () -> {
              computing.complete(Thread.currentThread());
              return network(1);
            });
    team.lease(0, units(0, 4, 6), MadeUpRows::inRound).accept(at(parameters));
    Thread thread = computing.get(20, TimeUnit.SECONDS);
    threads.get(0).close();
    server.gate.complete(null);
    thread.join(20_000);
    assertFalse(thread.isAlive());
    assertEquals(List.of(tree.leaf(0)), server.contributions.stream().map(Sent::node).toList());
    assertTrue(failures.isEmpty(), failures::toString);
  }

  /** Four labelled rows, a function of the partition. */
  private record MadeUpRows(int partition, float addend) implements Rows {

    MadeUpRows(int partition) {
      this(partition, 0);
    }

    static RoundRows inRound(int partition) {
      return ofRound(new MadeUpRows(partition));
    }

    @Override
    public int count() {
      return 4;
    }

    @Override
    public long index(int row) {
      return 4L * partition + row;
    }

    @Override
    public int features() {
      return 6;
    }

    @Override
    public void copyFeatures(int from, int count, float[] into) {
      for (int i = 0; i < count; i++) {
        Random random = new Random(100L * partition + from + i);
        for (int j = 0; j < 6; j++) {
          into[6 * i + j] = (float) random.nextGaussian() + addend;
        }
      }
    }

    @Override
    public void copyTargets(int from, int count, float[] into) {
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < 3; j++) {
          into[3 * i + j] = (from + i + partition) % 3 == j ? 1 : 0;
        }
      }
    }

    @Override
    public boolean labelled() {
      return true;
    }
  }

  private ComputeTeam team(int threads, int width) {
    return team(threads, width, Optional.empty());
  }

  private ComputeTeam team(int threads, int width, Optional<Supplier<LocalDescent>> local) {
    return team(threads, width, local, () -> network(width));
  }

  private ComputeTeam team(
      int count,
      int width,
      Optional<Supplier<LocalDescent>> local,
      Supplier<GradientFunction> function) {
    Chunks chunks = Chunks.of(LAYOUT.parameters(), width);
    NodeRounding rounding = new NodeRounding(GradientFormat.FLOAT32, chunks);
    ComputeThreads own =
        new ComputeThreads(JobWork.threads(count), functions(function), failures::add);
    threads.add(own);
    return new ComputeTeam(
        own,
        new GradientShape(LAYOUT, 3, rounding, tree),
        local,
        false,
        new ResultSender(server, version -> Optional.of(chunks), GradientFormat.FLOAT32));
  }

  private static JobFunctions functions(Supplier<GradientFunction> make) {
    return new JobFunctions(make, "exact", true, false);
  }

  private static Network network(int width) {
    return Network.of(MODEL, 3, OptionalDouble.empty(), width);
  }

  private Map<Integer, Sent> take(int count) {
    Map<Integer, Sent> sent = new HashMap<>();
    for (int i = 0; i < count; i++) {
      Sent each = next(server.contributions);
      sent.put(each.node(), each);
    }
    return sent;
  }

  private static BitSet units(int... units) {
    BitSet set = new BitSet();
    for (int unit : units) {
      set.set(unit);
    }
    return set;
  }

  private static Point at(float[] parameters) {
    return new DensePoint(parameters);
  }
}
