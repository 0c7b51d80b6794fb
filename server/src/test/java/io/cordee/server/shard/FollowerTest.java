package io.cordee.server.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cordee.common.job.Job;
import io.cordee.common.job.Tally;
import io.cordee.common.job.file.JobFile;
import io.cordee.common.optimizer.Optimizer;
import io.cordee.common.reduce.Chunks;
import io.cordee.common.reduce.ReductionTree;
import io.cordee.server.round.Boards;
import io.cordee.server.round.BufferPool;
import io.cordee.server.round.Cadence;
import io.cordee.server.round.DenseContribution;
import io.cordee.server.round.RoundBoard;
import io.cordee.server.round.Vector;
import io.cordee.server.team.WorkerId;
import io.cordee.server.training.FakeReports;
import io.cordee.server.training.FakeTeam;
import io.cordee.server.training.Outcome;
import io.cordee.server.training.ShardReports;
import io.cordee.server.training.Surroundings;
import io.cordee.server.training.TrainingListener;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FollowerTest {

  private static final int ROUNDS = 300;
  private static final int CHUNKS = 4;
  private static final long SENDING_NANOS = 1_000_000;
  private static final long PATIENCE_SECONDS = 60;

  private static final Job JOB =
      JobFile.parse(
          String.join(
              "\n",
              "name: followed",
              "model: {layers: [5, 3, 2]}",
              "data:",
              "  train: {format: csv, file: train.csv, label: '0'}",
              "optimizer: {name: gd}",
              "partitions: 1"),
          "followed.yaml",
          List.of());
  private static final int PARAMETERS = JOB.model().layout().parameters();
  private static final Chunks ONE_CHUNK = new Chunks(PARAMETERS, PARAMETERS, 1);

  /** Shard 0 takes a version that is said twice for one that is not the next. */
  @Test
  void aVersionIsSaidOnceHoweverManyThreadsBringItsLastChunks() throws Exception {
    Chunks chunks = new Chunks(PARAMETERS, (PARAMETERS + CHUNKS - 1) / CHUNKS, 1);
    Queue<Integer> versions = new ConcurrentLinkedQueue<>();
    ShardReports lead =
        new FakeReports() {
          @Override
          public void stepped(int version, long[] checksums) {
            versions.add(version);
          }
        };
    Follower follower = follower(chunks, new BufferPool(), lead);
    WorkerId worker = new WorkerId(1, "w1");
    follower.joined(worker, 1);
    follower.permitted(worker, 1);
    follower.begin();

    CyclicBarrier together = new CyclicBarrier(CHUNKS);
    ExecutorService threads = Executors.newFixedThreadPool(CHUNKS);
    try {
      for (int round = 0; round < ROUNDS; round++) {
        int version = round;
        follower.apply(version, OptionalDouble.empty(), 1, 0, false);
        List<? extends Future<?>> done =
            IntStream.range(0, CHUNKS)
                .mapToObj(
                    chunk ->
                        threads.submit(
                            () -> {
                              together.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                              float[] sums = new float[chunks.size(chunk)];
                              follower.contributed(
                                  worker,
                                  new DenseContribution(
                                      version, 1, chunk, new Tally(1, 1, 0, 0), sums));
                              return null;
                            }))
                .toList();
        for (Future<?> each : done) {
          each.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(IntStream.rangeClosed(0, ROUNDS).boxed().toList(), List.copyOf(versions));
  }

  /** As by Ctrl-C: a restart finds the job where it was. */
  @Test
  void anInterruptedShardLeavesTheJobToTheOthers() {
    Follower follower = follower(ONE_CHUNK, new BufferPool(), new FakeReports());
    follower.joined(new WorkerId(1, "w1"), 1);
    follower.interrupt("interrupted");
    for (int tick = 1; tick < Follower.TICKS_TO_LEAVE; tick++) {
      follower.tick();
      assertFalse(follower.isOver(), "shard 0 may still collect its weights");
    }
    follower.tick();
    assertTrue(follower.isOver());
    assertEquals(new Outcome.Interrupted("interrupted"), follower.outcome().orElseThrow());
  }

  @Test
  void aContributionThatIsDroppedGivesItsBufferBack() {
    BufferPool pool = new BufferPool();
    Follower follower = follower(ONE_CHUNK, pool, new FakeReports());
    float[] sums = pool.take(PARAMETERS);
    WorkerId gone = new WorkerId(1, "gone");
    follower.contributed(gone, new DenseContribution(0, 1, 0, new Tally(1, 1, 0, 0), sums));
    assertSame(sums, pool.take(PARAMETERS));
  }

  private static void spin(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }

  private static Follower follower(Chunks chunks, BufferPool pool, ShardReports lead) {
    RoundBoard board =
        Boards.fresh(
            Optimizer.of(JOB.optimizer(), PARAMETERS),
            chunks,
            new ReductionTree(1),
            new float[PARAMETERS],
            pool,
            Cadence.of(JOB));
    Surroundings around =
        new Surroundings(JOB, new Deaf(), new TrainingListener() {}, System::nanoTime);
    return new Follower(around, board, lead, 0, chunks);
  }

  private static final class Deaf extends FakeTeam {

    /** Slow enough that threads with other chunks wait meanwhile, and wake up late. */
    @Override
    public void chunk(WorkerId worker, int version, Vector vector, int chunk) {
      spin(SENDING_NANOS);
    }
  }
}
