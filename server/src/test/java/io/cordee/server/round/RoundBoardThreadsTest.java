package io.cordee.server.round;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.cordee.common.job.Tally;
import io.cordee.common.kernel.Digest;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.round.RoundBoard.Placement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class RoundBoardThreadsTest {

  private static final int PARAMETERS = 1000;
  private static final int CHUNK = 60;
  private static final int PARTITIONS = 6;
  private static final int ROUNDS = 100;

  @ParameterizedTest
  @ValueSource(strings = {"gd", "nesterov", "rprop", "irprop+", "adam", "newton", "clipped"})
  void manyThreadsEndWithTheDigestOfOne(String spec) throws Exception {
    String one = digest(spec, 1);
    assertEquals(one, digest(spec, 2));
    assertEquals(one, digest(spec, 5));
  }

  private static String digest(String spec, int threads) throws Exception {
    Optimizer optimizer =
        spec.equals("clipped")
            ? Optimizers.optimizer(PARAMETERS, "gd", "optimizer.clip_norm=0.5")
            : Optimizers.optimizer(PARAMETERS, spec);
    float[] initial = new float[PARAMETERS];
    Arrays.fill(initial, 1);
    BufferPool pool = new BufferPool();
    RoundBoard board =
        Boards.fresh(
            optimizer,
            new Chunks(PARAMETERS, CHUNK, optimizer.width()),
            new ReductionTree(PARTITIONS),
            initial,
            pool,
            new Cadence(2, false, 1, Optional.empty()));
    CyclicBarrier endOfRound = new CyclicBarrier(threads, () -> board.advance());
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> ends = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int number = thread;
        ends.add(
            executor.submit(
                () -> {
                  contribute(board, pool, number, threads, endOfRound);
                  return null;
                }));
      }
      for (Future<?> end : ends) {
        end.get(60, TimeUnit.SECONDS);
      }
    } finally {
      executor.shutdownNow();
    }
    return digest(board);
  }

  /** Takes every {@code threads}th piece of each round, and some of the others', too. */
  private static void contribute(
      RoundBoard board, BufferPool pool, int number, int threads, CyclicBarrier endOfRound)
      throws Exception {
    Random random = new Random(number);
    int pieces = PARTITIONS * board.chunks().count();
    for (int round = 0; round < ROUNDS; round++) {
      List<Integer> mine = new ArrayList<>();
      for (int piece = 0; piece < pieces; piece++) {
        if (piece % threads == number || random.nextInt(8) == 0) {
          mine.add(piece);
        }
      }
      Collections.shuffle(mine, random);
      for (int piece : mine) {
        int chunk = piece / PARTITIONS;
        Contribution made = made(board, pool, round, piece % PARTITIONS, chunk);
        if (board.offer(made) == Placement.REDUCED) {
          board.apply(0);
          board.step(board.claim());
        }
      }
      endOfRound.await(60, TimeUnit.SECONDS);
    }
  }

  /** Depends on every weight of the chunk as it is shown; the order of addition shows. */
  private static Contribution made(
      RoundBoard board, BufferPool pool, int version, int partition, int chunk) {
    Chunks chunks = board.chunks();
    float[] sums = pool.take(chunks.contributionSize(chunk));
    boolean isThere =
        board.show(
            Vector.LOOKAHEAD_POINT,
            chunk,
            version,
            point -> {
              for (int i = 0; i < sums.length; i++) {
                float w = point[i % chunks.size(chunk)];
                sums[i] = i < chunks.size(chunk) ? (w - 0.01f * i) / (3 + partition) : 1;
              }
            });
    if (!isThere) {
      throw new AssertionError("version " + version + " has gone before its round was over");
    }
    Tally tally = new Tally(2, 1.0 / (3 + partition) / (1 + version), 1, 0);
    return new DenseContribution(version, board.tree().leaf(partition), chunk, tally, sums);
  }

  private static String digest(RoundBoard board) {
    return Digest.ofVector(board.version(), board.checksums());
  }
}
