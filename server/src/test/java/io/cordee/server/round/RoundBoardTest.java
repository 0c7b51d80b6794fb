package io.cordee.server.round;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Digest;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.common.wire.Signs;
import io.cordee.server.BoardWeights;
import io.cordee.server.round.RoundBoard.Placement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoundBoardTest {

  private static final int ROOT = ReductionTree.ROOT;
  private static final int PARAMETERS = 7;
  private static final int CHUNK = 3;
  private static final int PARTITIONS = 5;
  private static final Tally ROW = new Tally(1, 2, 0, 0);

  private final BufferPool pool = new BufferPool();

  // ---- when a chunk is stepped ----

  @Test
  void aChunkIsSteppedWhenItsRootIsCompleteAndNotBefore() {
    RoundBoard board = board(gradientDescent(), 2);
    offer(board, 2, 0, 1f);
    assertEquals(List.of(), step(board));
    assertEquals(Optional.empty(), board.measured());

    offer(board, 3, 0, 3f);
    assertEquals(List.of(0), step(board));
    assertEquals(List.of(0), board.steppedChunks());

    // Mean of 1 and 3, times the learning rate of 0.5, off an initial weight of 1.
    float[] next = point(board, 0, 1).orElseThrow();
    assertArrayEquals(new float[] {0, 0, 0}, Arrays.copyOf(next, CHUNK));
    assertEquals(1, BoardWeights.of(board, board.version())[0], "version 0 stays as it was");
    assertEquals(new Tally(2, 4, 0, 0), board.measured().orElseThrow());
  }

  @Test
  void aRoundIsOverWhenEveryChunkIsSteppedAndNotBefore() {
    RoundBoard board = board(gradientDescent(), 1);
    offer(board, ROOT, 2, 1f);
    offer(board, ROOT, 0, 1f);
    step(board);
    assertEquals(List.of(0, 2), board.steppedChunks());
    assertThrows(IllegalStateException.class, () -> board.advance());
    assertThrows(IllegalStateException.class, board::checksums);

    offer(board, ROOT, 1, 1f);
    assertTrue(board.isReduced());
    assertEquals(List.of(1), step(board));
    assertTrue(board.isStepped());
    board.advance();
    assertEquals(1, board.version());
    assertEquals(List.of(), board.steppedChunks());
    assertEquals(Optional.empty(), board.measured());
  }

  @Test
  void aRoundIsCollectedBeforeItIsAppliedAndSteppedAfterwards() {
    RoundBoard board = board(gradientDescent(), 1);
    offer(board, ROOT, 0, 1f);
    offer(board, ROOT, 1, 1f);
    assertEquals(List.of(), board.claim());
    assertEquals(ROW, board.measured().orElseThrow(), "what is measured shows before that");

    assertEquals(List.of(0, 1), step(board));
    offer(board, ROOT, 2, 1f);
    assertEquals(List.of(2), step(board));
  }

  @Test
  void signsAreSentOfASignDrivenOptimizerThatClipsToo() {
    RoundBoard board =
        boardOfSigns(
            Optimizers.optimizer(
                PARAMETERS, "signsgd", "optimizer.learning_rate=1", "optimizer.clip_norm=0.5"));
    offer(board, ROOT, 0, 3f);
    offer(board, ROOT, 1, 0f);
    offer(board, ROOT, 2, -4f);
    board.apply(Optimizer.norm(board.squares()));
    assertEquals(List.of(0, 1, 2), step(board));

    assertArrayEquals(new float[] {0, 0, 0, 1, 1, 1, 2}, BoardWeights.of(board, 1));
    assertArrayEquals(new float[] {1, 1, 1}, signs(board, 0));
  }

  /** After g = 3 and then −1, the direction is (3 − 1) / 2. */
  @Test
  void whatLionKeepsOnTheServerIsInItsDigestButNeitherSentNorInTheReplicasChecksum() {
    Optimizer lion =
        Optimizers.optimizer(
            PARAMETERS,
            "lion",
            "optimizer.learning_rate=1",
            "optimizer.beta1=0.5",
            "optimizer.beta2=0");
    RoundBoard board = boardOfSigns(lion);
    wholeRound(board, 3f);
    wholeRound(board, -1f);
    assertArrayEquals(new float[] {1, 1, 1}, signs(board, 0));
    float[] weights = {-1, -1, -1};
    assertArrayEquals(new float[] {-1, -1, -1}, board.slot(0, 0));
    long sent = Digest.ofChunk(weights, new float[0][], 0, CHUNK);
    assertEquals(sent, board.signStep(0).checksum().orElseThrow());
    assertEquals(
        Digest.ofChunk(weights, new float[][] {board.slot(0, 0)}, 0, CHUNK), board.checksums()[0]);
    board.showState(
        0,
        state -> {
          assertEquals(2, state.vectors().size());
          assertArrayEquals(weights, state.vectors().get(0));
          assertEquals(sent, state.checksum());
        });
  }

  private static float[] signs(RoundBoard board, int chunk) {
    float[] signs = new float[board.chunks().size(chunk)];
    Signs.unpack(board.signStep(chunk).signs().packed(), signs, signs.length);
    return signs;
  }

  private RoundBoard boardOfSigns(Optimizer optimizer) {
    return Boards.fresh(
        optimizer,
        new Chunks(PARAMETERS, CHUNK, 1),
        new ReductionTree(1),
        filled(PARAMETERS, 1),
        pool,
        new Cadence(1, true, 1, Optional.empty()));
  }

  @Test
  void anOptimizerThatLooksAtTheWholeGradientWaitsForAllOfIt() {
    Optimizer clipped =
        Optimizers.optimizer(
            PARAMETERS, "gd", "optimizer.learning_rate=1", "optimizer.clip_norm=0.5");
    RoundBoard board = board(clipped, 1);
    float[] axis = {3, 0, 0};
    board.offer(new DenseContribution(0, ROOT, 0, ROW, axis));
    offer(board, ROOT, 1, 0f);
    assertEquals(List.of(), board.claim());

    board.offer(new DenseContribution(0, ROOT, 2, ROW, new float[] {4}));
    double[] squares = board.squares();
    assertArrayEquals(new double[] {9, 0, 16}, squares);
    board.apply(Optimizer.norm(squares));
    assertEquals(List.of(0, 1, 2), step(board));
    // The norm is 5, a tenth of the gradient is left: 0.3 and 0.4 off the weights.
    float[] next = BoardWeights.of(board, 1);
    assertEquals(0.7f, next[0], 1e-6f);
    assertEquals(1f, next[3]);
    assertEquals(0.6f, next[6], 1e-6f);
  }

  @Test
  void aFullHessianIsWaitedForToo() {
    int parameters = 2;
    Optimizer newton =
        Optimizers.optimizer(
            parameters, "newton", "optimizer.curvature=full", "optimizer.damping=1");
    Chunks chunks = new Chunks(parameters, 1, newton.width());
    RoundBoard board =
        Boards.fresh(
            newton,
            chunks,
            new ReductionTree(1),
            new float[] {1, 1},
            pool,
            new Cadence(1, false, 1, Optional.empty()));
    board.offer(new DenseContribution(0, ROOT, 1, ROW, new float[] {4, 0, 4}));
    assertEquals(List.of(), step(board));
    board.offer(new DenseContribution(0, ROOT, 0, ROW, new float[] {2, 2, 0}));
    assertEquals(List.of(0, 1), step(board));
    // H + I = diag(3, 5), g = (2, 4): 2/3 and 4/5 off the weights.
    assertArrayEquals(new float[] {1 / 3f, 0.2f}, BoardWeights.of(board, 1), 1e-6f);
  }

  // ---- by parts ----

  @Test
  void byPartsAContributionIsAStepAtItsShareOfTheLearningRate() {
    RoundBoard board = board(gradientDescent(), 2);
    board.stepByParts();
    // One row of four: a quarter of the learning rate, 0.5, times the gradient.
    assertEquals(OptionalInt.empty(), board.step(part(8), 4));
    assertEquals(0f, point(board, 0, 0).orElseThrow()[0]);
    assertEquals(OptionalInt.empty(), board.step(part(8), 4));
    assertEquals(-1f, point(board, 0, 7).orElseThrow()[0], "a version is but a label");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 5})
  void whatPartsHaveComeToIsAVersionOnceTheBoardIsSettled(int version) {
    RoundBoard board = board(Optimizers.optimizer(PARAMETERS, "nesterov"), 2);
    board.stepByParts();
    board.step(part(8), 4);
    float[] weights = shown(board, Vector.WEIGHTS, 0, 0).orElseThrow().clone();
    float[] point = point(board, 0, 0).orElseThrow().clone();
    board.settle(version);
    board.step(part(8), 4);
    assertEquals(version, board.version());
    assertArrayEquals(weights, shown(board, Vector.WEIGHTS, 0, version).orElseThrow());
    assertArrayEquals(point, point(board, 0, version).orElseThrow());
    assertArrayEquals(weights, Arrays.copyOf(BoardWeights.of(board, version), CHUNK));
    assertEquals(Optional.empty(), point(board, 0, version + 1));
  }

  @Test
  void aPartWithASumThatIsNotFiniteIsNotApplied() {
    RoundBoard board = board(gradientDescent(), 2);
    board.stepByParts();
    assertEquals(OptionalInt.of(0), board.step(part(Float.NaN), 4));
    assertEquals(1f, point(board, 0, 0).orElseThrow()[0]);
  }

  @Test
  void anOptimizerThatWaitsForTheWholeRoundTakesNoParts() {
    RoundBoard board = board(Optimizers.optimizer(PARAMETERS, "gd", "optimizer.clip_norm=0.5"), 2);
    assertThrows(IllegalArgumentException.class, board::stepByParts);
  }

  private static Contribution part(float ofFirst) {
    return new DenseContribution(0, ROOT, 0, ROW, new float[] {ofFirst, 0, 0});
  }

  // ---- what changes nothing ----

  @Test
  void whatIsThereAlreadyChangesNothing() {
    RoundBoard board = board(gradientDescent(), 2);
    assertEquals(Placement.PLACED, offer(board, 2, 0, 1f));
    assertEquals(Placement.DUPLICATE, offer(board, 2, 0, 9f));
    assertEquals(Placement.REDUCED, offer(board, 3, 0, 3f));
    assertEquals(Placement.DUPLICATE, offer(board, 3, 0, 9f), "the chunk is reduced");
    assertEquals(Placement.DUPLICATE, offer(board, ROOT, 0, 9f), "by a node above, too");
    step(board);
    assertEquals(Placement.DUPLICATE, offer(board, 2, 0, 9f), "the chunk is stepped");
    assertEquals(0, point(board, 0, 1).orElseThrow()[0]);
  }

  @Test
  void whatComesLateChangesNothing() {
    RoundBoard board = board(gradientDescent(), 1);
    wholeRound(board, 1f);
    String digest = digest(board);
    assertEquals(
        Placement.DUPLICATE,
        board.offer(new DenseContribution(0, ROOT, 0, ROW, filled(CHUNK, Float.NaN))));
    assertEquals(digest, digest(board));
    assertEquals(Optional.empty(), board.measured());
  }

  @Test
  void aNodeAboveReplacesWhatIsBelowIt() {
    RoundBoard board = board(gradientDescent(), 4);
    offer(board, 4, 0, 100f);
    offer(board, 6, 0, 100f);
    // 2 stands above 4, 3 above 6; both know better.
    offer(board, 2, 0, 1f);
    assertEquals(Placement.REDUCED, offer(board, 3, 0, 3f));
    step(board);
    // The tally counts the two contributions that are left.
    assertEquals(new Tally(2, 4, 0, 0), board.measured().orElseThrow());
    assertEquals(0, point(board, 0, 1).orElseThrow()[0]);
  }

  @Test
  void aPartitionIsCoveredWhenItIsInEveryChunk() {
    RoundBoard board = board(gradientDescent(), 4);
    offer(board, 2, 0, 1f);
    offer(board, 4, 1, 1f);
    assertFalse(board.isCovered(0));
    offer(board, 4, 2, 1f);
    assertTrue(board.isCovered(0));
    assertFalse(board.isCovered(1), "in chunk 0 alone");
  }

  // ---- what is refused ----

  @Test
  void aRefusalSaysWhatWasExpectedAndWhatWasFound() {
    RoundBoard board = board(gradientDescent(), 2);
    wholeRound(board, 1f);
    assertRefused(board, new DenseContribution(1, ROOT, 3, ROW, new float[3]), "0 to 2", "found 3");
    assertRefused(
        board, new DenseContribution(1, ROOT, -1, ROW, new float[3]), "0 to 2", "found -1");
    assertRefused(
        board, new DenseContribution(1, 4, 0, ROW, new float[3]), "node 4", "2 partitions");
    assertRefused(
        board, new DenseContribution(1, 0, 0, ROW, new float[3]), "node 0", "2 partitions");
    assertRefused(
        board,
        new DenseContribution(2, ROOT, 0, ROW, new float[3]),
        "version 1",
        "found version 2");
    assertRefused(board, new DenseContribution(-1, ROOT, 0, ROW, new float[3]), "found version -1");
    assertRefused(
        board,
        new DenseContribution(1, ROOT, 0, ROW, new float[4]),
        "chunk 0",
        "3 floats",
        "found 4");
    assertRefused(
        board,
        new DenseContribution(1, ROOT, 2, ROW, new float[3]),
        "chunk 2",
        "1 floats",
        "found 3");
    assertRefused(
        board,
        new DenseContribution(1, ROOT, 0, new Tally(-1, 0, 0, 0), new float[3]),
        "0 rows or more",
        "found -1");
  }

  @Test
  void aRefusedContributionChangesNothing() {
    RoundBoard board = board(gradientDescent(), 2);
    String digest = digest(board);
    assertRefused(board, new DenseContribution(0, 9, 0, ROW, new float[3]));
    assertRefused(board, new DenseContribution(0, ROOT, 0, ROW, new float[2]));
    assertEquals(List.of(), step(board));
    assertEquals(digest, digest(board));
    offer(board, 2, 0, 1f);
    offer(board, 3, 0, 3f);
    assertEquals(List.of(0), step(board));
  }

  @Test
  void aSumThatIsNotFiniteIsNamedAndStopsTheRound() {
    RoundBoard board = board(gradientDescent(), 2);
    offer(board, ROOT, 0, 1f);
    assertEquals(List.of(0), step(board));
    board.offer(new DenseContribution(0, 2, 1, ROW, new float[] {1, 1, 3e38f}));
    assertEquals(OptionalInt.empty(), board.notFinite());
    board.offer(new DenseContribution(0, 3, 1, ROW, new float[] {1, 1, 3e38f}));
    assertEquals(OptionalInt.of(5), board.notFinite());
    assertEquals(List.of(), step(board));
    assertFalse(board.isStepped());
    assertEquals(
        1, BoardWeights.of(board, board.version())[0], "the weights before the round stand");
  }

  @Test
  void aCurvatureThatIsNotFiniteIsNamedByItsParameter() {
    RoundBoard diagonal = board(Optimizers.optimizer(PARAMETERS, "newton"), 1);
    diagonal.offer(new DenseContribution(0, ROOT, 1, ROW, new float[] {1, 1, 1, 1, Float.NaN, 1}));
    assertEquals(OptionalInt.of(4), diagonal.notFinite());

    RoundBoard full =
        board(Optimizers.optimizer(PARAMETERS, "newton", "optimizer.curvature=full"), 1);
    float[] sums = filled(full.chunks().contributionSize(1), 1);
    // 3 of gradient, then rows of 7: the third row's second element.
    sums[3 + 2 * PARAMETERS + 1] = Float.NEGATIVE_INFINITY;
    full.offer(new DenseContribution(0, ROOT, 1, ROW, sums));
    assertEquals(OptionalInt.of(5), full.notFinite());
  }

  // ---- lookahead points ----

  @Test
  void aLookaheadPointIsThereAtTheCurrentVersionAndWhereSteppedAtTheNext() {
    RoundBoard board = board(gradientDescent(), 1);
    assertEquals(1, point(board, 0, 0).orElseThrow()[0]);
    assertEquals(Optional.empty(), point(board, 0, 1));
    offer(board, ROOT, 0, 1f);
    assertEquals(Optional.empty(), point(board, 0, 1), "reduced is not stepped");
    step(board);
    assertEquals(0.5f, point(board, 0, 1).orElseThrow()[0]);
    assertEquals(1, point(board, 0, 0).orElseThrow()[0], "version 0 is there yet");
    assertEquals(Optional.empty(), point(board, 1, 1), "another chunk is not");
    offer(board, ROOT, 1, 1f);
    offer(board, ROOT, 2, 1f);
    step(board);
    board.advance();
    assertEquals(Optional.empty(), point(board, 0, 0));
    assertEquals(0.5f, point(board, 0, 1).orElseThrow()[0]);
    assertEquals(Optional.empty(), point(board, 0, 2));
  }

  @Test
  void nesterovsPointLiesAheadOfItsWeightsAndTheOldOneStaysWhileChunksAreStepped() {
    Optimizer nesterov =
        Optimizers.optimizer(
            PARAMETERS, "nesterov", "optimizer.learning_rate=0.5", "optimizer.beta=0.5");
    RoundBoard board = board(nesterov, 1);
    assertTrue(board.hasLookahead());
    assertEquals(1, point(board, 0, 0).orElseThrow()[0], "no step before the first");
    wholeRound(board, 1f);
    // Step -0.5, weight 0.5, point 0.5 - 0.5 * 0.5.
    assertEquals(0.5f, BoardWeights.of(board, board.version())[0]);
    assertEquals(0.25f, point(board, 0, 1).orElseThrow()[0]);

    offer(board, ROOT, 0, 1f);
    step(board);
    // Step 0.5 * -0.5 - 0.5 * 1 = -0.75, weight -0.25, point -0.25 - 0.5 * 0.75.
    assertEquals(-0.625f, point(board, 0, 2).orElseThrow()[0]);
    assertEquals(0.25f, point(board, 0, 1).orElseThrow()[0], "of version 1, yet");
    assertEquals(0.5f, BoardWeights.of(board, board.version())[0]);
    assertEquals(0.5f, shown(board, Vector.WEIGHTS, 0, 1).orElseThrow()[0]);
    assertEquals(-0.25f, shown(board, Vector.WEIGHTS, 0, 2).orElseThrow()[0]);
  }

  @Test
  void whatIsClaimedOnceIsNotForAnybodyElse() {
    RoundBoard board = board(gradientDescent(), 1);
    board.apply(0);
    offer(board, ROOT, 1, 1f);
    assertEquals(List.of(1), board.claim());
    assertEquals(List.of(), board.claim());
    offer(board, ROOT, 0, 1f);
    assertEquals(List.of(0), board.claim());
    board.step(List.of(0));
    assertEquals(List.of(0), board.steppedChunks(), "a chunk that is claimed is not yet stepped");
    board.step(List.of(1));
    assertEquals(List.of(0, 1), board.steppedChunks());
  }

  // ---- same bits ----

  @ParameterizedTest
  @ValueSource(strings = {"gd", "nesterov", "irprop+", "adam", "newton"})
  void aDigestTellsVersionWeightsAndSlots(String spec) {
    RoundBoard board = board(Optimizers.optimizer(PARAMETERS, spec), 1);
    Set<String> digests = new java.util.HashSet<>();
    digests.add(digest(board));
    for (int round = 0; round < 3; round++) {
      wholeRound(board, 0f);
      assertTrue(digests.add(digest(board)), "the version is part of it");
    }
    RoundBoard other = board(Optimizers.optimizer(PARAMETERS, spec), 1);
    wholeRound(other, 1f);
    wholeRound(other, 0f);
    wholeRound(other, 0f);
    assertNotEquals(digest(board), digest(other));
  }

  private static final List<List<String>> OPTIMIZERS =
      List.of(
          List.of("gd"),
          List.of("nesterov"),
          List.of("irprop+"),
          List.of("rprop"),
          List.of("adam", "optimizer.clip_norm=0.5"),
          List.of("newton"),
          List.of("newton", "optimizer.curvature=full"));

  @Property(tries = 300)
  void anyInterleavingOfChunksAndAnyGroupingEndsWithTheSameDigest(
      @ForAll @IntRange(min = 0, max = 6) int spec, @ForAll long seed) {
    Random random = new Random(seed);
    assertEquals(
        digestAfterThreeRounds(spec, 1, this::inOrder),
        digestAfterThreeRounds(spec, random.nextInt(4), board -> interleaved(board, random)));
  }

  private String digestAfterThreeRounds(int spec, int digestEvery, Consumer<RoundBoard> round) {
    List<String> names = OPTIMIZERS.get(spec);
    Optimizer optimizer =
        Optimizers.optimizer(
            PARAMETERS, names.get(0), names.subList(1, names.size()).toArray(String[]::new));
    RoundBoard board = board(optimizer, PARTITIONS, digestEvery);
    for (int i = 0; i < 3; i++) {
      round.accept(board);
      assertTrue(board.isStepped());
      board.advance();
    }
    return digest(board);
  }

  private void inOrder(RoundBoard board) {
    for (int chunk = 0; chunk < board.chunks().count(); chunk++) {
      for (int p = 0; p < PARTITIONS; p++) {
        board.offer(made(board, board.tree().leaf(p), chunk));
      }
    }
    step(board);
  }

  /** Each chunk by its own choice of nodes, some of them twice, some late, in any order. */
  private void interleaved(RoundBoard board, Random random) {
    List<Contribution> all = new ArrayList<>();
    for (int chunk = 0; chunk < board.chunks().count(); chunk++) {
      for (int node : cut(board.tree(), ROOT, random)) {
        all.add(made(board, node, chunk));
        while (random.nextInt(4) == 0) {
          all.add(made(board, node, chunk));
        }
      }
      if (random.nextBoolean()) {
        int leaf = board.tree().leaf(random.nextInt(PARTITIONS));
        all.add(made(board, leaf, chunk));
      }
      if (board.version() > 0) {
        Contribution late = made(board, ROOT, chunk);
        all.add(new DenseContribution(board.version() - 1, ROOT, chunk, late.tally(), late.sums()));
      }
    }
    Collections.shuffle(all, random);
    boolean isApplied = random.nextBoolean();
    for (Contribution contribution : all) {
      board.offer(contribution);
      if (isApplied && random.nextBoolean()) {
        step(board);
      }
      isApplied |= random.nextInt(5) == 0;
    }
    step(board);
  }

  private static List<Integer> cut(ReductionTree tree, int node, Random random) {
    if (tree.span(node).size() == 1 || random.nextInt(3) == 0) {
      return List.of(node);
    }
    List<Integer> nodes = new ArrayList<>(cut(tree, ReductionTree.left(node), random));
    nodes.addAll(cut(tree, ReductionTree.right(node), random));
    return nodes;
  }

  /** The tree sum of made-up gradients, whose order of addition shows. */
  private static Contribution made(RoundBoard board, int node, int chunk) {
    ReductionTree tree = board.tree();
    if (tree.span(node).size() > 1) {
      Contribution left = made(board, ReductionTree.left(node), chunk);
      Contribution right = made(board, ReductionTree.right(node), chunk);
      float[] sums = left.sums();
      for (int i = 0; i < sums.length; i++) {
        sums[i] += right.sums()[i];
      }
      return new DenseContribution(
          board.version(), node, chunk, left.tally().plus(right.tally()), sums);
    }
    int partition = tree.span(node).from();
    Chunks chunks = board.chunks();
    float[] at = point(board, chunk, board.version()).orElseThrow();
    Random noise = new Random(31L * partition + chunk);
    float[] sums = new float[chunks.contributionSize(chunk)];
    for (int i = 0; i < sums.length; i++) {
      float scale = (float) Math.pow(10, noise.nextInt(4) - 2);
      float w = at[i % chunks.size(chunk)];
      sums[i] = i < chunks.size(chunk) ? (w + (float) noise.nextGaussian()) * scale : 1 + scale;
    }
    double loss = 1.0 / (1 + partition) + board.version();
    return new DenseContribution(board.version(), node, chunk, new Tally(2, loss, 1, 0), sums);
  }

  // ---- memory ----

  @Test
  void everyBufferComesBackToThePool() {
    RoundBoard board = board(gradientDescent(), PARTITIONS);
    Set<float[]> taken = Collections.newSetFromMap(new IdentityHashMap<>());
    int length = CHUNK;
    for (int node : new int[] {4, 4, 9, 10, 11, 5, 2, 3, ROOT}) {
      // Placed, twice, late in the round, below, above: whatever becomes of them.
      if (board.tree().contains(node)) {
        float[] buffer = new float[length];
        taken.add(buffer);
        board.offer(new DenseContribution(0, node, 0, ROW, buffer));
      }
    }
    assertTrue(taken.size() > 5);
    assertEquals(List.of(0), step(board));
    for (int i = taken.size(); i > 0; i--) {
      assertTrue(taken.remove(pool.take(length)), "a buffer came back twice, or not at all");
    }
  }

  @Test
  void thePoolHandsOutNothingTwice() {
    float[] first = pool.take(3);
    float[] second = pool.take(3);
    pool.giveBack(first);
    pool.giveBack(second);
    Set<float[]> out = Collections.newSetFromMap(new IdentityHashMap<>());
    assertTrue(IntStream.range(0, 4).allMatch(i -> out.add(pool.take(3))));
    assertTrue(out.contains(first) && out.contains(second));
    assertEquals(2, pool.take(2).length);
  }

  // ---- helpers ----

  private static Optimizer gradientDescent() {
    return Optimizers.optimizer(PARAMETERS, "gd", "optimizer.learning_rate=0.5");
  }

  private RoundBoard board(Optimizer optimizer, int partitions) {
    return board(optimizer, partitions, 1);
  }

  /** Weights of 1 in chunks of 3, 3 and 1. */
  private RoundBoard board(Optimizer optimizer, int partitions, int digestEvery) {
    return Boards.fresh(
        optimizer,
        new Chunks(PARAMETERS, CHUNK, optimizer.width()),
        new ReductionTree(partitions),
        filled(PARAMETERS, 1),
        pool,
        new Cadence(digestEvery, false, 1, Optional.empty()));
  }

  /** Applies the round and steps the chunks that may be stepped; returns these, in order. */
  private static List<Integer> step(RoundBoard board) {
    board.apply(0);
    List<Integer> claimed = board.claim();
    board.step(claimed);
    return claimed.stream().sorted().toList();
  }

  private static Optional<float[]> point(RoundBoard board, int chunk, int version) {
    return shown(board, Vector.LOOKAHEAD_POINT, chunk, version);
  }

  private static Optional<float[]> shown(RoundBoard board, Vector vector, int chunk, int version) {
    List<float[]> seen = new ArrayList<>();
    boolean isThere = board.show(vector, chunk, version, values -> seen.add(values.clone()));
    assertEquals(isThere, !seen.isEmpty());
    return seen.stream().findFirst();
  }

  private static Placement offer(RoundBoard board, int node, int chunk, float element) {
    float[] sums = filled(board.chunks().contributionSize(chunk), element);
    return board.offer(new DenseContribution(board.version(), node, chunk, ROW, sums));
  }

  private static void wholeRound(RoundBoard board, float element) {
    for (int chunk = 0; chunk < board.chunks().count(); chunk++) {
      offer(board, ROOT, chunk, element);
    }
    step(board);
    board.advance();
  }

  private static void assertRefused(RoundBoard board, Contribution bad, String... parts) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> board.offer(bad));
    for (String part : parts) {
      assertTrue(refusal.getMessage().contains(part), refusal::getMessage);
    }
  }

  private static float[] filled(int length, float element) {
    float[] array = new float[length];
    Arrays.fill(array, element);
    return array;
  }

  private static String digest(RoundBoard board) {
    return Digest.ofVector(board.version(), board.checksums());
  }
}
